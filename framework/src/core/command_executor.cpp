#include "core/command_executor.hpp"

#include <utility>

#include "core/dry_run_recorder.hpp"

namespace seriatim::core {
namespace {

constexpr int migration_retries = 5;  ///< A switch of the views is seen at most once per migration; more is a storm.
constexpr JsonLimits command_limits{.strict = true, .refuse_nul = true, .max_depth = 32,
                                    .max_string_bytes = std::size_t{1} << 20U};

/// A strict reader would refuse the key that names the command's type.
void forget_type_key(AttributeErrors& errors) { errors.erase("type"); }

}  // namespace

CommandExecutor::CommandExecutor(const Registry& registry, store::EventStore& store, const Clock& clock,
                                 UnknownCommands unknown, int max_workflow_depth)
    : context_{*this, registry, store, clock, unknown, max_workflow_depth} {}

ExecutionResult CommandExecutor::execute(std::vector<AnyCommand> commands, std::vector<SqlStatement> statements) {
  if (CommandCall* call = CommandCall::of(*this)) {
    call->enqueue(std::move(commands), statements);
    return {};
  }
  std::vector<AfterCommitTask> after_commit;
  ExecutionResult result = with_active_views(
      [&](const views::ActiveViews& active) { return attempt(commands, statements, active, after_commit); });
  run_after_commit(*this, std::move(after_commit), result);
  return result;
}

ExecutionResult CommandExecutor::rehearse(const std::vector<AnyCommand>& commands, const DryRunPart& dry_run) {
  return with_active_views([&](const views::ActiveViews& active) {
    dry_run.recorder = DryRunRecorder{context_.registry};  // Of this attempt alone.
    CommandCall call{context_, active, &dry_run};
    call.enqueue(commands, {});
    return call.run();
  });
}

template <class Attempt>
ExecutionResult CommandExecutor::with_active_views(const Attempt& attempt) {
  for (int attempts = 1;; ++attempts) {
    const Active active = active_views();
    try {
      return attempt(*active);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::projector_migrating) throw;
      refresh_active_views(active);
      if (attempts == migration_retries || active_views()->versions() == active->versions()) throw;
    }
  }
}

ExecutionResult CommandExecutor::attempt(std::vector<AnyCommand> commands, const std::vector<SqlStatement>& statements,
                                         const views::ActiveViews& active, std::vector<AfterCommitTask>& after_commit) {
  CommandCall call{context_, active};
  call.enqueue(std::move(commands), statements);
  ExecutionResult result = call.run();
  after_commit = call.take_after_commit();
  return result;
}

AnyCommand CommandExecutor::decode(std::string_view json) const {
  const auto name = attributes::top_level_string(json, "type", command_limits.max_depth);
  if (!name) {
    throw_error<ErrorCode::deserialization>("the command has no type: add \"type\": \"...\" to the JSON object");
  }
  const TypeIndex type = context_.registry.command(*name);
  if (type == unknown_type) throw_unknown_command(*name);
  const MessageType& message = context_.registry.commands()[type].type;
  AnyCommand command{message, attributes::Value::made(*message.attributes)};
  AttributeErrors errors;
  attributes::read_json(json, *message.attributes, &command.base(), command_limits, errors);
  forget_type_key(errors);
  if (!errors.empty()) throw CommandNotValid{*name, command.base().aggregate_id, std::move(errors)};
  // What caused a command is for the framework to say.
  command.base().event_aggregate_id.reset();
  command.base().event_sequence_number.reset();
  return command;
}

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
