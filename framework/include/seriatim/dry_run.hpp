#pragma once
// Dry runs: what commands would do, without doing it.
//
//     const auto rehearsal = app.dry_run();
//     const DryRunResult result = rehearsal->execute(wallet::DrawMoney{{.aggregate_id = id}, "20"_decimal, "API"});
//
// Aggregates are read from the store, and commands are validated and handled as `execute` does it, their workflows
// called. Nothing is stored: neither events nor commands nor rows, and no sequence of the database advances. Not run are
// projectors (they are only named), after-commit work (it is only counted), and statements of the application.
// So what only the database or a projector can refuse, and what another writer does meanwhile, is not foreseen.

#include <cstdint>
#include <exception>
#include <string>
#include <vector>

#include "seriatim/command_service.hpp"

namespace seriatim {

struct DryRunCommand;

/// A workflow that would be called at an event.
struct DryRunWorkflow {
  std::string name;
  std::vector<DryRunCommand> commands;  ///< What it issued, in order.
  std::size_t after_commit = 0;         ///< Pieces of work that it asked for after the commit.
};

/// An event that would be stored.
struct DryRunEvent {
  AggregateId aggregate_id;
  std::int32_t sequence_number;
  std::string type;
  std::string json;                       ///< Its attributes.
  std::vector<std::string> projectors;    ///< Those that would handle it, in order.
  std::vector<DryRunWorkflow> workflows;  ///< Those that handled it, in order.
};

/// How far a command came.
enum class DryRunOutcome : std::uint8_t {
  done,
  unhandled,    ///< No loaded domain handles it; it is accepted and does nothing.
  refused,      ///< It, or a workflow at one of its events, threw.
  not_reached,  ///< It stood in the queue behind one that was refused.
};

/// The name of an outcome as JSON output has it ("not_reached").
[[nodiscard]] const char* to_string(DryRunOutcome outcome) noexcept;

/// A command, and all that would follow from it.
struct DryRunCommand {
  std::string type;
  AggregateId aggregate_id;
  std::string json;  ///< Its own attributes.
  DryRunOutcome outcome = DryRunOutcome::not_reached;
  std::vector<DryRunEvent> events;
  std::vector<DryRunCommand> issued;  ///< What its handlers issued by calling the command service, in order.
};

/// What one call of `execute` would do.
struct DryRunResult {
  std::vector<DryRunCommand> commands;  ///< Those given.
  std::vector<StoredEvent> events;      ///< What would be stored, in that order; empty when a command is refused.
  std::exception_ptr error;             ///< What `execute` would throw; null when nothing.
};

/// A dry run of any number of calls, each of which finds what those before it would have stored. An aggregate that a call
/// changed stays for this dry run as it was then, whatever other writers do to it. Not thread-safe; any number of dry runs
/// may go on at once, beside any number of writers. Each call has a transaction of its own, which ends with the call.
class DryRun {
 public:
  virtual ~DryRun() = default;

  /// What CommandService::execute would do with these commands: all of them or, when one is refused, nothing. Throws
  /// where the database does not answer, or not for these versions of the views: Error(connection_lost), Error(database),
  /// Error(transient), Error(projector_migrating).
  template <class... Cs>
    requires(std::derived_from<Cs, Command> && ...)
  DryRunResult execute(const Cs&... commands) {
    std::vector<AnyCommand> list;
    list.reserve(sizeof...(Cs));
    (list.emplace_back(commands), ...);
    return execute(std::move(list));
  }
  virtual DryRunResult execute(std::vector<AnyCommand> commands) = 0;
};

}  // namespace seriatim
