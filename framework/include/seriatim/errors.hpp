#pragma once
// Every error that seriatim throws, as one small tree.
//
// A caller acts on three questions, which every error answers: which error is it (`code()`), may the same
// call be tried again (`retryable()`), and may the work have been stored although it failed (`in_doubt()`).
// There is a subclass only where a caller would act differently or wants more than the sentence.

#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>

namespace seriatim {

/// What went wrong, in a form that programs compare and documents list. Values are stable.
enum class ErrorCode : std::uint8_t {
  usage,                  ///< The program calls the framework in a way that it forbids.
  configuration,          ///< An option, address or file of the installation is wrong.
  serialization,          ///< A value cannot be written as JSON or SQL.
  deserialization,        ///< JSON (stored or given) cannot be read as the type it should be.
  command_not_valid,      ///< A command's attributes are refused; see CommandNotValid.
  unknown_command,        ///< No loaded domain handles a command of that type.
  domain,                 ///< The domain refused the command; see DomainError.
  aggregate_not_found,    ///< No aggregate has that id.
  aggregate_type,         ///< The aggregate has another type than the one asked for.
  non_unique_aggregate,   ///< A second aggregate was added under one id.
  optimistic_locking,     ///< Another writer was first.
  integrity,              ///< Events would not continue their stream (a gap, or a first one that is not 1).
  not_managed,            ///< A projector touched a record that it does not manage.
  record_not_found,       ///< A view row that must exist does not.
  publish,                ///< A projector failed; see PublishEventError.
  projector_migrating,    ///< The views in the database are of another version than this program's.
  concurrent_migration,   ///< Another migration is running.
  migration_not_started,  ///< `migrate offline` without `migrate online` before it.
  migration,              ///< A view-schema migration cannot be carried out as planned.
  store_not_installed,    ///< The database has no event store, or an older one than this program needs.
  plugin,                 ///< A plugin was refused; see PluginError.
  database,               ///< The database refused a statement.
  transient,              ///< Serialization failure, deadlock or lock time-out: the same call may succeed.
  connection_lost,        ///< The database is unreachable or went away; nothing was stored.
  in_doubt,               ///< The connection was lost during COMMIT: stored or not, only the store can tell.
  aggregate_key_not_unique,  ///< Another aggregate has the key; see AggregateKeyNotUnique.
  workflow_depth,         ///< Commands that workflows issue go on issuing commands: a loop, most likely.
  not_found,              ///< What was asked for is not stored (a command or an event of the audit trail).
  idempotency_key_reused, ///< Another request was executed under that idempotency key.
  store_not_adopted,      ///< The store was written in another cluster, or by another program: `seriatim db adopt`.
  domain_mismatch,        ///< The loaded domains do not fit the stored events or the tables that are there.
  pipeline_full,          ///< The pipeline holds as many commands as it may; see CommandPipeline.
  pipeline_stopped,       ///< The pipeline was stopped before the command was begun.
};

/// The stable name of a code, as it appears in JSON output ("optimistic_locking").
[[nodiscard]] const char* to_string(ErrorCode code) noexcept;

/// The root of all errors thrown by the framework. `what()` is one sentence that names the thing, the value
/// and the way out.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message) : std::runtime_error{message}, code_{code} {}

  [[nodiscard]] ErrorCode code() const noexcept { return code_; }

  /// True when nothing was stored and the same call may succeed when made again.
  [[nodiscard]] bool retryable() const noexcept {
    return !final_ && (code_ == ErrorCode::optimistic_locking || code_ == ErrorCode::transient ||
                       code_ == ErrorCode::connection_lost || code_ == ErrorCode::projector_migrating ||
                       code_ == ErrorCode::pipeline_full);
  }

  /// True when the outcome is unknown: the work may be stored. Never retried blindly.
  [[nodiscard]] bool in_doubt() const noexcept { return code_ == ErrorCode::in_doubt; }

 protected:
  /// For an error that the same call would meet again, although others with its code are retryable.
  enum class Final : std::uint8_t { yes };
  Error(ErrorCode code, const std::string& message, Final /*marker*/)
      : std::runtime_error{message}, code_{code}, final_{true} {}

 private:
  ErrorCode code_;
  bool final_ = false;
};

/// The aggregate has another version than the command expected (Command::sequence_number): whoever asks has seen an
/// older state, and is to look again before asking again. Its code is optimistic_locking; it is not retryable.
class SequenceNumberMismatch : public Error {
 public:
  SequenceNumberMismatch(const std::string& message, std::int32_t expected, std::int32_t actual)
      : Error{ErrorCode::optimistic_locking, message, Final::yes}, expected_{expected}, actual_{actual} {}

  [[nodiscard]] std::int32_t expected() const noexcept { return expected_; }
  /// Number of the aggregate's last event when the command was refused; 0: there is no such aggregate.
  [[nodiscard]] std::int32_t actual() const noexcept { return actual_; }

 private:
  std::int32_t expected_;
  std::int32_t actual_;
};

/// Thrown by domains to refuse a command; derive from it to give the refusal a name of its own.
/// Everything the command did is rolled back.
class DomainError : public Error {
 public:
  /// `name` is stable and short ("insufficient_funds"); `message` is the sentence for people.
  DomainError(std::string name, const std::string& message)
      : Error{ErrorCode::domain, message}, name_{std::move(name)} {}

  [[nodiscard]] const std::string& name() const noexcept { return name_; }

 private:
  std::string name_;
};

/// A shortcut for errors without data of their own: throw_error<ErrorCode::usage>("...").
template <ErrorCode code>
[[noreturn]] void throw_error(const std::string& message) {
  throw Error{code, message};
}

}  // namespace seriatim
