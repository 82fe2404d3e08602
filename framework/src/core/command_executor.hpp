#pragma once
// The command service over an event store.

#include <memory>
#include <mutex>

#include "core/command_call.hpp"

namespace seriatim::core {

/// Thread-safe; see CommandService. The registry, store and clock must outlive it.
class CommandExecutor final : public CommandService {
 public:
  CommandExecutor(const Registry& registry, store::EventStore& store, const Clock& clock, UnknownCommands unknown,
                  int secret_cost);

  using CommandService::execute;
  ExecutionResult execute(std::vector<AnyCommand> commands, std::vector<SqlStatement> statements) override;
  [[nodiscard]] AnyCommand decode(std::string_view json) const override;

 private:
  using Active = std::shared_ptr<const views::ActiveViews>;

  ExecutionResult attempt(std::vector<AnyCommand> commands, const std::vector<SqlStatement>& statements,
                          const views::ActiveViews& active);
  [[nodiscard]] Active active_views();
  [[nodiscard]] Active read_active_views() const;
  void refresh_active_views(const Active& stale);

  const CallContext context_;
  std::mutex mutex_;  ///< Guards active_.
  Active active_;
};

}  // namespace seriatim::core
