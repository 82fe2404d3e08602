#include "core/command_executor.hpp"

#include <deque>
#include <iterator>
#include <utility>

#include "core/publisher.hpp"

namespace seriatim::core {
namespace {

constexpr int migration_retries = 5;  ///< A switch of the views is seen at most once per migration; more is a storm.
constexpr JsonLimits command_limits{.strict = true, .refuse_nul = true, .max_depth = 32,
                                    .max_string_bytes = std::size_t{1} << 20U};

[[noreturn]] void throw_unknown_command(std::string_view name) {
  throw_error<ErrorCode::unknown_command>("no loaded domain handles commands of type \"" + std::string{name} +
                                          "\": load the plugin that does, or correct the type");
}

/// A strict reader would refuse the key that names the command's type.
void forget_type_key(AttributeErrors& errors) { errors.erase("type"); }

}  // namespace

/// One `execute`: its transaction, unit of work and queue.
struct CommandExecutor::Call {
  Call(CommandExecutor& executor, const views::ActiveViews& active_views)
      : service{executor},
        active{active_views},
        transaction{executor.store_.begin(active_views.versions())},
        decoder{executor.registry_},
        unit{executor.registry_, *transaction, decoder},
        repository{unit},
        outer{std::exchange(running, this)} {}
  ~Call() { running = outer; }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  /// The call of that service that is running on this thread, if any.
  static Call* of(const CommandExecutor& executor) {
    Call* call = running;
    while (call != nullptr && &call->service != &executor) call = call->outer;
    return call;
  }

  void enqueue(std::vector<AnyCommand> commands, const std::vector<SqlStatement>& statements) {
    for (const SqlStatement& statement : statements) transaction->run(statement);
    changed = changed || !statements.empty();
    std::move(commands.begin(), commands.end(), std::back_inserter(queue));
  }

  void run_queue() {
    while (!queue.empty()) {
      AnyCommand command = std::move(queue.front());
      queue.pop_front();
      run(command);
    }
    if (changed) transaction->commit();
  }

  ExecutionResult result;

 private:
  void run(AnyCommand& command) {
    const TypeIndex type = service.registry_.command(command.type().name);
    if (type == unknown_type) {
      if (service.unknown_ == UnknownCommands::refuse) throw_unknown_command(command.type().name);
      return;
    }
    const RegisteredCommand& registered = service.registry_.commands()[type];
    const Timestamp now = service.clock_.now();
    if (command.base().created_at == Timestamp{}) command.base().created_at = now;
    validate(registered, command);
    unit.begin_command();
    for (const CommandBinding* binding : registered.handlers) {
      binding->handle(binding->handler.get(), command.get(), repository);
    }
    store(registered, type, command, unit.take_changes(now));
  }

  static void validate(const RegisteredCommand& registered, const AnyCommand& command) {
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

  void store(const RegisteredCommand& registered, TypeIndex type, const AnyCommand& command, Changes changes) {
    if (changes.events.empty()) return;
    changed = true;
    require_writable_views(changes);
    store::CommandRecord record{type, &command.base(), {}};
    attributes::write_json_members(record.json, registered.payload, command.get());
    transaction->append(record, changes.streams, changes.events.front().header.created_at);
    publish(service.registry_, active, changes.events, *transaction);
    for (const AppliedEvent& event : changes.events) {
      result.events.push_back({event.header.aggregate_id, event.header.sequence_number,
                               std::string{service.registry_.events()[event.type].type.name}});
    }
  }

  void require_writable_views(const Changes& changes) const {
    for (const AppliedEvent& event : changes.events) {
      for (const Subscription& subscription : service.registry_.events()[event.type].projectors) {
        active.require_writable(service.registry_.projectors()[subscription.projector].domain);
      }
    }
  }

  CommandExecutor& service;
  const views::ActiveViews& active;
  std::unique_ptr<store::Transaction> transaction;
  EventDecoder decoder;
  UnitOfWork unit;
  Repository repository;
  std::deque<AnyCommand> queue;
  bool changed = false;
  Call* outer;

  // A handler that calls its service again must find the call that it is part of; handlers are not handed it.
  static thread_local Call* running;
};

thread_local CommandExecutor::Call* CommandExecutor::Call::running = nullptr;

CommandExecutor::CommandExecutor(const Registry& registry, store::EventStore& store, const Clock& clock,
                                 UnknownCommands unknown)
    : registry_{registry}, store_{store}, clock_{clock}, unknown_{unknown} {}

ExecutionResult CommandExecutor::execute(std::vector<AnyCommand> commands, std::vector<SqlStatement> statements) {
  if (Call* call = Call::of(*this)) {
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
  Call call{*this, active};
  call.enqueue(std::move(commands), statements);
  call.run_queue();
  return std::move(call.result);
}

AnyCommand CommandExecutor::decode(std::string_view json) const {
  const auto name = attributes::top_level_string(json, "type", command_limits.max_depth);
  if (!name) {
    throw_error<ErrorCode::deserialization>("the command has no type: add \"type\": \"...\" to the JSON object");
  }
  const TypeIndex type = registry_.command(*name);
  if (type == unknown_type) throw_unknown_command(*name);
  const MessageType& message = registry_.commands()[type].type;
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

CommandExecutor::Active CommandExecutor::active_views() {
  const std::scoped_lock lock{mutex_};
  if (!active_) active_ = std::make_shared<const views::ActiveViews>(registry_, store_.view_versions());
  return active_;
}

void CommandExecutor::refresh_active_views(const Active& stale) {
  const std::scoped_lock lock{mutex_};
  if (active_ != stale) return;
  active_ = std::make_shared<const views::ActiveViews>(registry_, store_.view_versions());
}

}  // namespace seriatim::core
