#pragma once
// The command service: the synchronous way in.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "seriatim/errors.hpp"
#include "seriatim/message.hpp"

namespace seriatim {

/// A command of any type.
class AnyCommand {
 public:
  template <std::derived_from<Command> C>
  AnyCommand(const C& command)  // NOLINT(google-explicit-constructor): execute(AddMoney{...}) should read so
      : type_{message_type<C>()}, value_{attributes::Value::of(command)} {
    if (static_cast<const void*>(static_cast<const Command*>(&command)) != static_cast<const void*>(&command)) {
      throw_error<ErrorCode::usage>("command " + std::string{type_.name} + " must name seriatim::Command as its first base");
    }
  }
  AnyCommand(const MessageType& type, attributes::Value value) : type_{type}, value_{std::move(value)} {}

  [[nodiscard]] const MessageType& type() const noexcept { return type_; }
  [[nodiscard]] const void* get() const noexcept { return value_.get(); }
  /// The part that all commands share. Command is the first base, so both have one address.
  [[nodiscard]] const Command& base() const noexcept { return *static_cast<const Command*>(value_.get()); }
  [[nodiscard]] Command& base() noexcept { return *static_cast<Command*>(const_cast<void*>(value_.get())); }

 private:
  MessageType type_;
  attributes::Value value_;
};

/// An event that a command stored.
struct StoredEvent {
  AggregateId aggregate_id;
  std::int32_t sequence_number;
  std::string type;
};
BOOST_DESCRIBE_STRUCT(StoredEvent, (), (aggregate_id, sequence_number, type))

/// Work that a workflow asked for after the commit and that was not done. What the commands did is stored all the same.
struct AfterCommitFailure {
  std::string workflow;
  AggregateId aggregate_id;      ///< The event at which the workflow asked for the work.
  std::int32_t sequence_number;
  bool skipped;                  ///< Not even begun, because work before it failed.
  std::string message;
};

/// What `execute` did: the events of all its commands, in the order stored.
struct ExecutionResult {
  std::vector<StoredEvent> events;
  std::vector<AfterCommitFailure> after_commit_failures;  ///< Empty when all of the work was done.
  bool repeated = false;  ///< An earlier call with the same idempotency key did it, and this one nothing.
};

/// A statement of the application's own, for its ordinary tables. Parameters ($1, $2, ...) are always bound: give them as
/// text, or empty for NULL; PostgreSQL infers their types. Name tables with their schema.
struct SqlStatement {
  std::string sql;
  std::vector<std::optional<std::string>> parameters;
};

/// What to do with a command that no loaded domain handles.
enum class UnknownCommands : std::uint8_t { accept, refuse };

/// Executes commands. Thread-safe: any number of threads may call one service at once; each call has its own
/// transaction and unit of work.
///
/// A command may carry an idempotency key. Its call then leaves a receipt in the transaction that stores the events, or
/// alone when there are none. The same call made again, by anybody, gets the first outcome with `repeated` set, and
/// changes nothing; two at once are executed once. The key stands for everything that was given to that call, all its
/// commands and statements but for `created_at`; a call with a known key and anything else in it is
/// Error(idempotency_key_reused). A call that fails leaves no receipt. So whoever does not know whether a call was
/// carried out, because the answer got lost or it is in doubt, makes the same call again.
class CommandService {
 public:
  virtual ~CommandService() = default;

  /// Executes the commands in order, in one transaction: validation, handlers, events, views. Anything thrown rolls
  /// all of it back. Errors: CommandNotValid, the domain's own (DomainError), and those of ErrorCode; when
  /// `in_doubt()`, the outcome is unknown. Commands that workflows issue run behind those given, in the same
  /// transaction. Work of workflows for after the commit is done before this returns; what fails of it is in the result
  /// and not thrown, because everything is stored by then.
  template <class... Cs>
    requires(std::derived_from<Cs, Command> && ...)
  ExecutionResult execute(const Cs&... commands) {
    std::vector<AnyCommand> list;
    list.reserve(sizeof...(Cs));
    (list.emplace_back(commands), ...);
    return execute(std::move(list));
  }

  /// The same for commands of any type.
  ExecutionResult execute(std::vector<AnyCommand> commands) { return execute(std::move(commands), {}); }

  /// The same, with statements of the application's own that run before the commands in the same transaction: a user
  /// in an ordinary table and its wallet by a command are stored both or not at all.
  ///
  /// Called from within a handler of this service, the commands join the end of the running call's queue, in its
  /// transaction; the result is then empty, and the running call's result has their events. Such commands carry no
  /// idempotency key (Error(usage)): that of the running call covers them.
  virtual ExecutionResult execute(std::vector<AnyCommand> commands, std::vector<SqlStatement> statements) = 0;

  /// A command from its JSON form {"type": "...", "aggregate_id": "...", attributes}. CommandNotValid when attributes
  /// do not fit, Error(deserialization) when it is no JSON object, Error(unknown_command).
  [[nodiscard]] virtual AnyCommand decode(std::string_view json) const = 0;
};

}  // namespace seriatim
