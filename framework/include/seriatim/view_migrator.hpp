#pragma once
// View-schema migrations: building a new version of the views beside the live one, and switching.

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "seriatim/migration_impact.hpp"
#include "seriatim/time.hpp"
#include "seriatim/view_versions.hpp"

namespace seriatim {

/// How far one worker of a replay is.
struct WorkerProgress {
  std::int64_t done = 0;  ///< Events.
  double events_per_second = 0;
};

/// How far a replay is. Reported a few times a second, by one thread at a time.
struct MigrationProgress {
  std::string phase;          ///< "replaying", "catching up", "building indexes", "switching".
  std::int64_t done = 0;      ///< Events.
  std::int64_t total = 0;     ///< Events, for large stores an estimate; 0 when unknown.
  double seconds = 0;         ///< Since the phase began.
  double events_per_second = 0;         ///< Since the phase began.
  std::optional<double> seconds_left;   ///< At that speed; empty when nothing is known about it yet.
  std::vector<WorkerProgress> workers;  ///< While several replay at once, or one in the background.
};
using ProgressReport = std::function<void(const MigrationProgress&)>;

/// Asked a few times a second, whatever the database is busy with, by one thread at a time; returning true, once, ends
/// the migration cleanly with Error(migration).
using Cancelled = std::function<bool()>;

/// How a replay is divided, and how patient a switch is. The defaults suit nearly everybody.
struct ReplaySettings {
  int workers = 0;                         ///< Threads, of two connections each; 0: one a core, at most four.
  std::int64_t events_a_group = 250'000;   ///< About how many events a worker takes at a time.
  std::size_t bytes_a_worker = std::size_t{48} << 20U;  ///< Rows that take more are written in between.
  /// How long `offline` goes on trying to lock everybody out for an instant, before it gives up.
  std::chrono::milliseconds patience{20'000};
};

/// For how long a switch keeps the version that it replaces, unless it is told otherwise.
inline constexpr std::chrono::seconds usual_keeping = std::chrono::hours{7 * 24};

/// A version that a switch replaced, whose tables are kept.
struct KeptVersion {
  int version = 0;
  std::vector<std::string> tables;  ///< By the names that they have now: "wallet_records_1".
  Timestamp until{};                ///< Dropped by the first migration after that.
  bool expired = false;             ///< That time is over.
  std::string refusal;              ///< Why the version cannot come back; empty when it can.
  std::int64_t events_behind = 0;   ///< Stored and not in the tables yet. Only `status` counts them.
};

/// Where the views of a domain are.
struct MigrationStatus {
  enum class Phase : std::uint8_t { idle, online_running, online_finished, offline_running, rollback_running };
  int current = 0;                ///< Version of the live tables.
  int latest = 0;                 ///< Version that the plugin brings.
  Phase phase = Phase::idle;
  std::optional<int> target;      ///< While not idle.
  bool interrupted = false;       ///< A migration was left behind by a program that is gone.
  std::optional<KeptVersion> kept{};  ///< What the live version replaced, while it is kept.
};

/// What a migration would do, for people.
struct MigrationPlan {
  int from = 0;
  int to = 0;
  std::vector<std::string> steps;
  MigrationImpact impact{};  ///< What it costs, and what has changed.
};

/// What a migration did.
struct MigrationResult {
  int from = 0;
  int to = 0;
  std::int64_t events = 0;   ///< Replayed.
  double seconds = 0;
  double pause_seconds = 0;  ///< offline, rollback: how long a writer had to wait at most, attempts that failed included.
  std::optional<KeptVersion> kept{};     ///< offline: the version that was replaced.
  std::vector<KeptVersion> dropped{};    ///< Kept versions whose time was over.
};

/// How following a version went.
struct FollowResult {
  enum class End : std::uint8_t {
    stopped,  ///< By the caller.
    expired,  ///< The time for which the version is kept is over.
    live,     ///< It is the live version now, and every command keeps it up to date.
    gone,     ///< Its tables were dropped, or are being built anew.
  };
  int version = 0;
  std::int64_t events = 0;  ///< Replayed into its tables.
  double seconds = 0;
  End end = End::stopped;
};

/// What a replay would read for one projector, and how fast that is.
struct RehearsedReplay {
  std::string projector;
  std::int64_t events = 0;
  double seconds = 0;
};

/// What was replayed without writing.
struct MigrationRehearsal {
  int from = 0;
  int to = 0;
  std::vector<RehearsedReplay> replays{};
};

/// Migrates the views of one domain. Not thread-safe; any number of programs may try at once, one at a time gets its
/// way and the others Error(concurrent_migration).
class ViewMigrator {
 public:
  virtual ~ViewMigrator() = default;

  /// Later calls go about it like this. Error(usage) when a number makes no sense.
  virtual void divide(const ReplaySettings& settings) = 0;

  /// Later calls of `offline` keep the version that they replace for that long; 0: not at all. Error(usage) when it is
  /// negative. Unless this is called, for `usual_keeping`, as far as the version can come back.
  virtual void keep(std::chrono::seconds time) = 0;

  [[nodiscard]] virtual MigrationStatus status() = 0;

  /// From the current version to the target. Counts the events that would be read. Error(migration) when the plan
  /// cannot be carried out, or a record has changed without a new version.
  [[nodiscard]] virtual MigrationPlan plan(std::optional<int> target) = 0;

  /// Replays what `online` would, projector by projector, and throws the rows away: nothing is written, locked or noted, so
  /// that it may be done at any time. Throws what a projector throws on an event, and what else replaying throws.
  virtual MigrationRehearsal dry_run(std::optional<int> target, const ProgressReport& report,
                                     const Cancelled& cancelled) = 0;

  /// Builds the new tables from all events while the application runs. Whatever fails leaves the live views as they
  /// are; leftovers are removed by the next run.
  virtual MigrationResult online(std::optional<int> target, const ProgressReport& report, const Cancelled& cancelled) = 0;

  /// Replays what happened since, and makes the new tables live in one transaction. Safe while the application runs:
  /// writers wait for the switch and go on with the new version. Error(migration_not_started) unless `online` went
  /// before; does nothing when the views are at the target already. Error(transient), naming who was in the way, when
  /// the switch did not get its turn in time; Error(in_doubt) when only `status` can tell whether it has switched.
  virtual MigrationResult offline(std::optional<int> target, const ProgressReport& report,
                                  const Cancelled& cancelled) = 0;

  /// Makes the version that the live one replaced the live one again, by the plugin of that version, as `offline` goes
  /// forward: safe while the application runs, in one transaction. The tables that were live wait as those of a finished
  /// `online`. Does nothing when this was done already. Error(migration) when this program's newest version is not the
  /// kept one, or nothing is kept.
  virtual MigrationResult rollback(const ProgressReport& report, const Cancelled& cancelled) = 0;

  /// Keeps the tables of this program's newest version up to date while another version is live: those that were replaced
  /// and are kept, or those of a finished `online`. Returns when `cancelled` says so, or there is nothing to follow any
  /// more. Any other step may be taken meanwhile, also by other programs.
  virtual FollowResult follow(const ProgressReport& report, const Cancelled& cancelled) = 0;

  /// Drops the tables of kept versions whose time is over, or of all. Every step but `follow` does the former, too.
  virtual std::vector<KeptVersion> drop_kept(bool also_unexpired) = 0;
};

}  // namespace seriatim
