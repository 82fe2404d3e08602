#pragma once
// Dry runs over a command executor.

#include "core/command_executor.hpp"
#include "core/dry_run_transaction.hpp"
#include "seriatim/dry_run.hpp"

namespace seriatim::core {

/// See DryRun. The executor and the registry must outlive it.
class ExecutorDryRun final : public DryRun {
 public:
  ExecutorDryRun(CommandExecutor& executor, const Registry& registry) : executor_{executor}, registry_{registry} {}

  using DryRun::execute;
  DryRunResult execute(std::vector<AnyCommand> commands) override;

 private:
  CommandExecutor& executor_;
  const Registry& registry_;
  DryRunStreams streams_;
};

}  // namespace seriatim::core
