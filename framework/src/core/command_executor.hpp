#pragma once
// The command service over an event store.

#include <atomic>
#include <memory>
#include <mutex>

#include "core/unit_of_work.hpp"
#include "seriatim/command_service.hpp"
#include "store/event_store.hpp"
#include "views/active_views.hpp"

namespace seriatim::core {

/// Thread-safe; see CommandService. The registry, store and clock must outlive it.
class CommandExecutor final : public CommandService {
 public:
  CommandExecutor(const Registry& registry, store::EventStore& store, const Clock& clock, UnknownCommands unknown);

  using CommandService::execute;
  ExecutionResult execute(std::vector<AnyCommand> commands, std::vector<SqlStatement> statements) override;
  [[nodiscard]] AnyCommand decode(std::string_view json) const override;

 private:
  using Active = std::shared_ptr<const views::ActiveViews>;
  struct Call;

  ExecutionResult attempt(std::vector<AnyCommand> commands, const std::vector<SqlStatement>& statements,
                          const views::ActiveViews& active);
  [[nodiscard]] Active active_views();
  void refresh_active_views(const Active& stale);

  const Registry& registry_;
  store::EventStore& store_;
  const Clock& clock_;
  UnknownCommands unknown_;
  std::mutex mutex_;  ///< Guards active_.
  Active active_;
};

}  // namespace seriatim::core
