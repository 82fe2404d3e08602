#include "core/command_executor.hpp"

#include <utility>

#include "core/command_decoder.hpp"

namespace seriatim::core {
namespace {

constexpr int migration_retries = 5;  ///< A switch of the views is seen at most once per migration; more is a storm.

}  // namespace

CommandExecutor::CommandExecutor(const Registry& registry, store::EventStore& store, const Clock& clock,
                                 UnknownCommands unknown, int secret_cost)
    : context_{*this, registry, store, clock, unknown, secret_cost} {}

ExecutionResult CommandExecutor::execute(std::vector<AnyCommand> commands, std::vector<SqlStatement> statements) {
  if (CommandCall* call = CommandCall::of(*this)) {
    call->enqueue(std::move(commands), statements);
    return {};
  }
  for (int attempts = 1;; ++attempts) {
    const Active active = active_views();
    try {
      return attempt(commands, statements, *active);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::projector_migrating) throw;
      refresh_active_views(active);
      if (attempts == migration_retries || active_views()->versions() == active->versions()) throw;
    }
  }
}

ExecutionResult CommandExecutor::attempt(std::vector<AnyCommand> commands, const std::vector<SqlStatement>& statements,
                                         const views::ActiveViews& active) {
  CommandCall call{context_, active};
  call.enqueue(std::move(commands), statements);
  return call.run();
}

AnyCommand CommandExecutor::decode(std::string_view json) const { return decode_command(context_.registry, json); }

CommandExecutor::Active CommandExecutor::read_active_views() const {
  return std::make_shared<const views::ActiveViews>(context_.registry, context_.store.view_versions());
}

CommandExecutor::Active CommandExecutor::active_views() {
  const std::scoped_lock lock{mutex_};
  if (!active_) active_ = read_active_views();
  return active_;
}

void CommandExecutor::refresh_active_views(const Active& stale) {
  const std::scoped_lock lock{mutex_};
  if (active_ != stale) return;
  active_ = read_active_views();
}

}  // namespace seriatim::core
