#pragma once
// The command service over an event store.

#include <exception>
#include <memory>
#include <mutex>
#include <optional>

#include "core/command_call.hpp"
#include "core/retries.hpp"

namespace seriatim::core {

/// Thread-safe; see CommandService. The registry, store and clock must outlive it.
class CommandExecutor final : public CommandService {
 public:
  /// `max_workflow_depth`, `secret_cost`: see Options.
  CommandExecutor(const Registry& registry, store::EventStore& store, const Clock& clock, UnknownCommands unknown,
                  int max_workflow_depth, int secret_cost, Execution execution);

  using CommandService::execute;
  ExecutionResult execute(std::vector<AnyCommand> commands, std::vector<SqlStatement> statements) override;
  [[nodiscard]] AnyCommand decode(std::string_view json) const override;

  /// What `execute` does outside of any call, with calls that differ from those of this service in their clock.
  ExecutionResult carry_out(const CommandRequest& request, const CallContext& calls);

  /// Does what `execute` would do and stores nothing: `dry_run` takes what would be stored, and is told what is done.
  ExecutionResult rehearse(const std::vector<AnyCommand>& commands, const DryRunPart& dry_run);

  /// A version of the views that calls are made under.
  using Active = std::shared_ptr<const views::ActiveViews>;

  /// The newest that is known.
  [[nodiscard]] Active active_views();

  /// Looks at the database, after a call under `met` was told that the views are others: whether it was right.
  [[nodiscard]] bool has_newer_views(const Active& met);

  /// What calls of this service work with.
  [[nodiscard]] const CallContext& context() const noexcept { return context_; }

 private:
  /// What became of one attempt.
  struct Attempt {
    ExecutionResult result{};
    std::vector<AfterCommitTask> after_commit{};
    std::exception_ptr failure{};  ///< Nothing of it is stored then, unless it is in doubt.
    bool relied_on_kept = false;   ///< See CommandCall. Of a failure.
  };

  [[nodiscard]] static Attempt try_to_run(const CommandRequest& request, const CallContext& calls,
                                          const views::ActiveViews& active, bool anew);
  [[nodiscard]] std::optional<ExecutionResult> first_outcome(const CommandRequest& request,
                                                             const std::exception_ptr& failure) const;
  [[nodiscard]] bool try_again(const std::exception_ptr& failure, const Active& met, Retries& retries);
  [[nodiscard]] Active read_active_views() const;
  void refresh_active_views(const Active& stale);

  const CallContext context_;
  std::mutex mutex_;  ///< Guards active_.
  Active active_;
};

}  // namespace seriatim::core
