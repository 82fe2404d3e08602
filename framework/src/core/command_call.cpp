#include "core/command_call.hpp"

#include <utility>

#include "core/dry_run_recorder.hpp"
#include "core/publisher.hpp"

namespace seriatim::core {
namespace {

/// A handler that calls its service again must find the call that it is part of; handlers are not handed it.
thread_local CommandCall* running = nullptr;

void validate(const RegisteredCommand& registered, const AnyCommand& command) {
  AttributeErrors errors;
  Validation validation{command.get(), errors};
  validation.presence(&Command::aggregate_id);
  for (const CommandBinding* binding : registered.handlers) {
    if (binding->validate == nullptr) continue;
    binding->validate(command.get(), validation);
    break;  // Every binding of one command type carries the same declaration.
  }
  if (errors.empty()) return;
  throw CommandNotValid{std::string{command.type().name}, command.base().aggregate_id, std::move(errors)};
}

std::unique_ptr<store::Transaction> begin(const CallContext& context, const views::ActiveViews& active,
                                          const DryRunPart* dry_run) {
  std::unique_ptr<store::Transaction> transaction = context.store.begin(active.versions());
  if (dry_run == nullptr) return transaction;
  return std::make_unique<DryRunTransaction>(std::move(transaction), context.registry, dry_run->streams);
}

}  // namespace

void throw_unknown_command(std::string_view name) {
  throw_error<ErrorCode::unknown_command>("no loaded domain handles commands of type \"" + std::string{name} +
                                          "\": load the plugin that does, or correct the type");
}

CommandCall::CommandCall(const CallContext& context, const views::ActiveViews& active, const DryRunPart* dry_run)
    : context_{context},
      active_{active},
      recorder_{dry_run == nullptr ? nullptr : &dry_run->recorder},
      transaction_{begin(context, active, dry_run)},
      decoder_{context.registry},
      unit_{context.registry, *transaction_, decoder_},
      repository_{unit_},
      queue_{context.max_workflow_depth, after_commit_cause(context.service), recorder_},
      workflows_{context.registry, queue_, recorder_},
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
  queue_.push(std::move(commands));
}

ExecutionResult CommandCall::run() {
  while (!queue_.empty()) run(queue_.start_next());
  if (changed_) {
    transaction_->change_keys(unit_.key_changes());
    transaction_->commit();
  }
  return std::move(result_);
}

void CommandCall::run(AnyCommand& command) {
  const TypeIndex type = context_.registry.command(command.type().name);
  if (type != unknown_type) {
    handle(context_.registry.commands()[type], type, command);
  } else if (context_.unknown == UnknownCommands::refuse) {
    throw_unknown_command(command.type().name);
  } else if (recorder_ != nullptr) {
    recorder_->unhandled();
  }
}

void CommandCall::handle(const RegisteredCommand& registered, TypeIndex type, AnyCommand& command) {
  const Timestamp now = context_.clock.now();
  if (command.base().created_at == Timestamp{}) command.base().created_at = now;
  validate(registered, command);
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
  for (const AppliedEvent& event : changes.events) {
    publish_to_projectors(event);
    workflows_.publish(event);
    result_.events.push_back({event.header.aggregate_id, event.header.sequence_number,
                              std::string{context_.registry.events()[event.type].type.name}});
  }
}

void CommandCall::publish_to_projectors(const AppliedEvent& event) {
  if (recorder_ == nullptr) return publish(context_.registry, active_, {&event, 1}, *transaction_);
  std::vector<std::size_t> projectors;
  for (const Subscription& subscription : context_.registry.events()[event.type].projectors) {
    if (active_.active(subscription.projector)) projectors.push_back(subscription.projector);
  }
  recorder_->stored(event, projectors);
}

void CommandCall::require_writable_views(const Changes& changes) const {
  for (const AppliedEvent& event : changes.events) {
    for (const Subscription& subscription : context_.registry.events()[event.type].projectors) {
      active_.require_writable(context_.registry.projectors()[subscription.projector].domain);
    }
  }
}

}  // namespace seriatim::core
