#pragma once
// Zero-downtime replay: building the tables of chosen projectors anew, in the version that they have, beside the live ones.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "seriatim/time.hpp"
#include "seriatim/view_migrator.hpp"

namespace seriatim {

/// How far a replay is. Stored under these names.
enum class ReplayState : std::uint8_t {
  created,      ///< Noted, and nothing made yet.
  prepared,     ///< The new, empty tables are there.
  replaying,    ///< All events are being replayed, or were when the program ended.
  catching_up,  ///< Later events are being replayed, or were when the program ended.
  replayed,     ///< The new tables hold all events below a horizon.
  optimized,    ///< All indexes and constraints are there, too.
  live,         ///< The new tables are the live ones.
  failed,       ///< The replay of all events failed.
  aborted,      ///< Given up, and cleaned up.
};
[[nodiscard]] const char* to_string(ReplayState state) noexcept;

/// SQL of the user's own, run within the transaction of a step: when it fails, nothing of the step has happened. It gets the
/// schema of the tables that it is about, that of the views, and `public` as search_path; it must neither begin nor commit.
/// Empty: nothing. The files of these names in the domain's view SQL are run before it.
struct ReplayHooks {
  std::string after_prepare;  ///< `replay.after_prepare.sql`: the new tables are there, empty.
  std::string before_golive;  ///< `replay.before_golive.sql`: the switch begins, and nobody else writes.
  std::string after_golive;   ///< `replay.after_golive.sql`: the new tables are the live ones.
};

/// What a replay that was prepared has to do, and what stands in its way.
struct ReplayPreparation {
  std::int64_t id = 0;
  std::vector<std::string> projectors;
  std::vector<std::string> tables;    ///< Without partitions.
  std::vector<std::string> views;     ///< Views on the tables: they will read the new ones.
  std::vector<std::string> blockers;  ///< What depends on the live tables and cannot be carried over.
  std::vector<std::string> notes;     ///< Whatever else is worth knowing, in sentences.
};

/// What a step of a replay did.
struct ReplayResult {
  std::int64_t id = 0;
  std::vector<std::string> projectors;
  std::int64_t events = 0;   ///< Replayed in this step.
  double seconds = 0;
  double pause_seconds = 0;  ///< go_live: how long writers had to wait for the switch.
  std::string archive;       ///< go_live: the schema that has the old tables now.
  std::vector<std::string> notes;
};

/// The tables that the last replay replaced.
struct ReplayArchive {
  std::string schema;
  std::vector<std::string> tables;  ///< Without partitions.
  std::int64_t bytes = 0;
};

/// Where the replay of a domain's views is: that which is under way, or else the last one.
struct ReplayStatus {
  std::optional<std::int64_t> id;  ///< Empty: there has not been any.
  ReplayState state = ReplayState::aborted;
  bool running = false;      ///< A program is at a step of it.
  bool interrupted = false;  ///< A program was, and is gone.
  std::vector<std::string> projectors;
  Timestamp since{};    ///< When it was prepared.
  Timestamp changed{};  ///< When it last came further.
  std::optional<std::int64_t> events_behind;  ///< Stored since the horizon, for these projectors; empty when there is none yet.
  std::optional<ReplayArchive> archive;

  /// Whether it is still to be finished or aborted.
  [[nodiscard]] bool under_way() const noexcept {
    return id.has_value() && state != ReplayState::live && state != ReplayState::aborted;
  }
};

/// Replays projectors of one domain: prepare, run, catch_up (as often as you like), optimize, go_live. Each step may be
/// done by another program. Not thread-safe; any number of programs may try at once, one at a time gets its way and the
/// others Error(concurrent_migration). A step at the wrong time is Error(migration), which says what is to be done instead.
/// Whatever fails leaves the live tables as they are.
class ViewReplay {
 public:
  virtual ~ViewReplay() = default;

  /// Divides the work of later calls of `run` and `optimize` like this. Error(usage) when a number makes no sense.
  virtual void divide(const ReplaySettings& settings) = 0;

  [[nodiscard]] virtual ReplayStatus status() = 0;

  /// Makes empty tables beside the live ones, like these are now. No names: all projectors of the domain that have tables.
  /// Error(usage) for an unknown one; Error(concurrent_migration) while a migration or another replay is under way;
  /// Error(migration) when the tables are of a kind that cannot be replayed.
  virtual ReplayPreparation prepare(const std::vector<std::string>& projectors, const ReplayHooks& hooks) = 0;

  /// Replays all events below the horizon, and builds unique indexes. Begins anew after a failure.
  virtual ReplayResult run(const ProgressReport& report, const Cancelled& cancelled) = 0;

  /// Replays what was stored since.
  virtual ReplayResult catch_up(const ProgressReport& report, const Cancelled& cancelled) = 0;

  /// Builds all other indexes and constraints, of several tables at once; clusters, vacuums and analyzes.
  virtual ReplayResult optimize(const ProgressReport& report, const Cancelled& cancelled) = 0;

  /// Replays the rest and makes the new tables the live ones, in one transaction for which writers wait. The old ones go to
  /// an archive schema, whose former tables are dropped. Error(migration) when something would go on with the old tables, or
  /// when the live ones have been altered since they were copied.
  virtual ReplayResult go_live(const ReplayHooks& hooks, const ProgressReport& report, const Cancelled& cancelled) = 0;

  /// Drops the new tables, whatever is in them.
  virtual void abort() = 0;

  /// Drops the tables that the last replay replaced; false when there are none.
  virtual bool drop_archive() = 0;
};

}  // namespace seriatim
