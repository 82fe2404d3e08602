#include "core/command_call.hpp"

#include <algorithm>
#include <utility>

#include "core/command_checks.hpp"
#include "core/command_decoder.hpp"
#include "core/dry_run_recorder.hpp"
#include "core/publisher.hpp"

namespace seriatim::core {
namespace {

/// A handler that calls its service again must find the call that it is part of; handlers are not handed it.
thread_local CommandCall* running = nullptr;

std::unique_ptr<store::Transaction> begin(const CallContext& context, const views::ActiveViews& active,
                                          const DryRunPart* dry_run, bool anew) {
  if (dry_run == nullptr && !anew) return context.store.begin(active.versions());
  std::unique_ptr<store::Transaction> transaction = context.store.begin_anew(active.versions());
  if (dry_run == nullptr) return transaction;
  return std::make_unique<DryRunTransaction>(std::move(transaction), context.registry, dry_run->streams);
}

}  // namespace

CommandCall::CommandCall(const CallContext& context, const views::ActiveViews& active, const DryRunPart* dry_run,
                         std::vector<AppliedEvent>* later, bool anew)
    : context_{context},
      active_{active},
      recorder_{dry_run == nullptr ? nullptr : &dry_run->recorder},
      later_{later},
      transaction_{begin(context, active, dry_run, anew)},
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

/// A projector that reads has the commands before it sent, and with them the locks of their aggregates: calls that change the
/// same ones in different orders would wait for each other.
void CommandCall::announce(std::span<const AnyCommand> commands) {
  if (commands.size() < 2) return;
  std::vector<AggregateId> ids;
  for (const AnyCommand& command : commands) ids.push_back(command.base().aggregate_id);
  transaction_->announce(ids);
}

ExecutionResult CommandCall::run(const CommandRequest& request) {
  try {
    announce(request.commands());
    enqueue(request.commands(), request.statements());
    run_queue();
    if (changed_) transaction_->change_keys(unit_.key_changes());
    if (request.has_keys()) transaction_->store_receipts(request.receipts(result_));
    if (changed_ || request.has_keys()) {
      commit();
    } else {
      transaction_->confirm();
    }
    return std::move(result_);
  } catch (const SequenceNumberMismatch&) {
    throw;
  } catch (const Error& error) {
    if (error.code() == ErrorCode::optimistic_locking) throw_if_outdated();
    throw;
  }
}

void CommandCall::commit() {
  transaction_->commit();
  if (!transaction_->keeps()) return;
  try {
    transaction_->keep(unit_.release());
  } catch (...) {
    return;  // It is stored, and nothing that fails from here on may say otherwise; what was kept before is only older.
  }
}

void CommandCall::enqueue(std::vector<AnyCommand> commands, const std::vector<SqlStatement>& statements) {
  queue_.push(std::move(commands));  // All or none; they run later.
  for (const SqlStatement& statement : statements) transaction_->run(statement);
  changed_ = changed_ || !statements.empty();
}

void CommandCall::run_queue() {
  while (!queue_.empty()) run(queue_.start_next());
}

void CommandCall::run(AnyCommand& command) {
  for (const CommandFilter& filter : context_.execution.filters) filter(command);
  wrap(0, command);
  // What a failed command leaves behind in aggregates and transaction must not be committed, so nobody may swallow it.
  if (failure_) std::rethrow_exception(failure_);
}

void CommandCall::wrap(std::size_t layer, AnyCommand& command) {
  const std::vector<CommandMiddleware>& middleware = context_.execution.middleware;
  if (layer == middleware.size()) return carry_out(command);
  bool called = false;
  middleware[layer](command, [&] {
    try {
      if (std::exchange(called, true)) {
        throw_error<ErrorCode::usage>("middleware carried out command " + std::string{command.type().name} +
                                      " twice: let it call `next` at most once");
      }
      wrap(layer + 1, command);
    } catch (...) {
      failure_ = std::current_exception();
      throw;
    }
  });
}

void CommandCall::carry_out(AnyCommand& command) {
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
  check_command(registered, command, context_.secret_cost);
  expect_version(command.base());
  unit_.begin_command(command.base().aggregate_id, command.base().sequence_number);
  for (const CommandBinding* binding : registered.handlers) {
    binding->handle(binding->handler.get(), command.get(), repository_);
  }
  Changes changes = unit_.take_changes(now);
  require_version(command.base(), changes);
  store(registered, type, command, std::move(changes));
}

void CommandCall::expect_version(const Command& command) {
  if (!command.sequence_number) return;
  const auto own = std::count_if(result_.events.begin(), result_.events.end(),
                                 [&](const StoredEvent& event) { return event.aggregate_id == command.aggregate_id; });
  expected_.push_back({command.aggregate_id, *command.sequence_number, static_cast<std::int32_t>(own)});
}

/// An append to the aggregate fails by itself when another writer was faster. Otherwise the store has to look: in the
/// message with COMMIT, which an expectation that nobody has checked yet is a reason for.
void CommandCall::require_version(const Command& command, const Changes& changes) {
  if (!command.sequence_number) return;
  for (const store::StreamAppend& stream : changes.streams) {
    if (stream.aggregate_id == command.aggregate_id) return;
  }
  transaction_->require_version(command.aggregate_id, *command.sequence_number);
  changed_ = changed_ || !unit_.expectation_met();
}

/// Somebody else was first: tells it in the numbers that the commands expected, where those are to blame.
void CommandCall::throw_if_outdated() const {
  for (const ExpectedVersion& expected : expected_) {
    const std::int32_t version = context_.store.version(expected.id) + expected.own;
    if (version != expected.version) throw_mismatch(expected.id, expected.version, version);
  }
}

void CommandCall::store(const RegisteredCommand& registered, TypeIndex type, const AnyCommand& command,
                        Changes changes) {
  if (changes.events.empty()) return;
  changed_ = true;
  require_writable_views(changes);
  store::CommandRecord record{type, &command.base(), {}};
  attributes::write_json_members(record.json, registered.payload, command.get());
  transaction_->append(record, changes.streams, changes.events.front().header.created_at);
  for (AppliedEvent& event : changes.events) {
    publish_to_projectors(event);
    workflows_.publish(event);
    result_.events.push_back({event.header.aggregate_id, event.header.sequence_number,
                              std::string{context_.registry.events()[event.type].type.name}});
    if (later_ != nullptr) later_->push_back(std::move(event));
  }
}

void CommandCall::publish_to_projectors(const AppliedEvent& event) {
  if (later_ != nullptr) return;
  if (recorder_ == nullptr) return publish(context_.registry, active_, {&event, 1}, *transaction_);
  std::vector<std::size_t> projectors;
  for (const Subscription& subscription : context_.registry.events()[event.type].projectors) {
    if (active_.active(subscription.projector)) projectors.push_back(subscription.projector);
  }
  recorder_->stored(event, projectors);
}

void CommandCall::require_writable_views(const Changes& changes) const {
  for (const AppliedEvent& event : changes.events) {
    for (const std::size_t domain : context_.registry.events()[event.type].domains) active_.require_writable(domain);
  }
}

}  // namespace seriatim::core
