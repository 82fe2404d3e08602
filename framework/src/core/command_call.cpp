#include "core/command_call.hpp"

#include <iterator>
#include <utility>

#include "core/command_checks.hpp"
#include "core/command_decoder.hpp"
#include "core/publisher.hpp"

namespace seriatim::core {
namespace {

/// A handler that calls its service again must find the call that it is part of; handlers are not handed it.
thread_local CommandCall* running = nullptr;

}  // namespace

CommandCall::CommandCall(const CallContext& context, const views::ActiveViews& active)
    : context_{context},
      active_{active},
      transaction_{context.store.begin(active.versions())},
      decoder_{context.registry},
      unit_{context.registry, *transaction_, decoder_},
      repository_{unit_},
      outer_{std::exchange(running, this)} {}

CommandCall::~CommandCall() { running = outer_; }

CommandCall* CommandCall::of(const CommandService& service) {
  CommandCall* call = running;
  while (call != nullptr && &call->context_.service != &service) call = call->outer_;
  return call;
}

void CommandCall::enqueue(std::vector<AnyCommand> commands, const std::vector<SqlStatement>& statements) {
  for (const SqlStatement& statement : statements) transaction_->run(statement);
  changed_ = changed_ || !statements.empty();
  std::move(commands.begin(), commands.end(), std::back_inserter(queue_));
}

ExecutionResult CommandCall::run() {
  while (!queue_.empty()) {
    AnyCommand command = std::move(queue_.front());
    queue_.pop_front();
    run(command);
  }
  if (changed_) transaction_->commit();
  return std::move(result_);
}

void CommandCall::run(AnyCommand& command) {
  const TypeIndex type = context_.registry.command(command.type().name);
  if (type != unknown_type) {
    handle(context_.registry.commands()[type], type, command);
  } else if (context_.unknown == UnknownCommands::refuse) {
    throw_unknown_command(command.type().name);
  }
}

void CommandCall::handle(const RegisteredCommand& registered, TypeIndex type, AnyCommand& command) {
  const Timestamp now = context_.clock.now();
  if (command.base().created_at == Timestamp{}) command.base().created_at = now;
  check_command(registered, command, context_.secret_cost);
  unit_.begin_command();
  for (const CommandBinding* binding : registered.handlers) {
    binding->handle(binding->handler.get(), command.get(), repository_);
  }
  store(registered, type, command, unit_.take_changes(now));
}

void CommandCall::store(const RegisteredCommand& registered, TypeIndex type, const AnyCommand& command,
                        Changes changes) {
  if (changes.events.empty()) return;
  changed_ = true;
  require_writable_views(changes);
  store::CommandRecord record{type, &command.base(), {}};
  attributes::write_json_members(record.json, registered.payload, command.get());
  transaction_->append(record, changes.streams, changes.events.front().header.created_at);
  publish(context_.registry, active_, changes.events, *transaction_);
  for (const AppliedEvent& event : changes.events) {
    result_.events.push_back({event.header.aggregate_id, event.header.sequence_number,
                              std::string{context_.registry.events()[event.type].type.name}});
  }
}

void CommandCall::require_writable_views(const Changes& changes) const {
  for (const AppliedEvent& event : changes.events) {
    for (const Subscription& subscription : context_.registry.events()[event.type].projectors) {
      active_.require_writable(context_.registry.projectors()[subscription.projector].domain);
    }
  }
}

}  // namespace seriatim::core
