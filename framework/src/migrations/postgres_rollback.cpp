// The part of the migrator that goes back, and looks after what is kept for that.

#include "migrations/attended.hpp"
#include "migrations/follow.hpp"
#include "migrations/postgres_migrator.hpp"
#include "migrations/projector_table.hpp"
#include "migrations/replay_states.hpp"
#include "migrations/view_switch.hpp"
#include "migrations/way_back.hpp"
#include "store/postgres/store_origin.hpp"

namespace seriatim::migrations {
namespace {

/// Those that the switch renames, and that somebody may be using.
std::vector<std::string> renamed_by(MigrationRun& run, const WayBack& way) {
  std::vector<std::string> names;
  for (const std::string& table : run.versions.tables_of(way.plan.from)) {
    names.push_back(table);
    names.push_back(archived(table, way.plan.from));
  }
  for (const std::string& table : way.kept.tables) {
    names.push_back(table);
    names.push_back(archived(table, way.plan.to));
  }
  return names;
}

}  // namespace

MigrationResult PostgresMigrator::rollback(const ProgressReport& report, const Cancelled& cancelled) {
  const auto start = std::chrono::steady_clock::now();
  MigrationRun run{url_, domain_};
  postgres::require_own_cluster(run.connection, store_.names());
  const int latest = domain_.versions().latest();
  // What was gone back from waits as a finished `online` of a newer version.
  if (run.from == latest && run.pending && run.pending->version > latest) return {latest, latest, 0, 0, 0};
  ReplayStates{run.connection, store_.names(), domain_.view_schema()}.refuse_migration();
  Progress progress{report, cancelled};
  std::vector<KeptVersion> dropped;
  std::optional<WayBack> way;
  attended(progress, [&](Crew& crew) {
    const Crew::Cancellable cancellable{crew, run.connection};
    dropped = drop_kept(run, false);
    way = way_back(run.connection, store_, domain_, run.from);
    drop_pending(run);
  });
  ProjectorTable states{run.connection, store_.names(), domain_};
  run.connection.execute("begin");
  states.activating(way->plan);
  run.connection.execute("commit", postgres::Phase::commit);
  try {
    attended(progress, [&](Crew& crew) {
      const Crew::Cancellable cancellable{crew, run.connection};
      const LockOut lock_out{renamed_by(run, *way), settings_.patience,
                             "switched back to version " + std::to_string(way->plan.to), "seriatim migrate rollback"};
      ViewSwitch{run, store_, domain_, way->plan, progress}.go_live(lock_out, [&] { go_back(run, store_, domain_, *way); });
    });
  } catch (const std::exception&) {
    if (run.connection.usable()) {
      run.connection.execute("rollback; begin");
      if (run.versions.current() != way->plan.to) states.idle();
      run.connection.execute("commit", postgres::Phase::commit);
    }
    rethrow(domain_.name(), way->plan.to);
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return {way->plan.from, way->plan.to, run.events, seconds, run.pause_seconds, {}, std::move(dropped)};
}

FollowResult PostgresMigrator::follow(const ProgressReport& report, const Cancelled& cancelled) {
  const FollowResult result = migrations::follow(url_, store_, domain_, report, cancelled);
  if (result.end != FollowResult::End::expired) return result;
  try {
    (void)drop_kept(false);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::concurrent_migration) throw;  // Which drops them itself.
  }
  return result;
}

std::vector<KeptVersion> PostgresMigrator::drop_kept(bool also_unexpired) {
  MigrationRun run{url_, domain_};
  return drop_kept(run, also_unexpired);
}

void PostgresMigrator::tidy_up(MigrationRun& run, MigrationResult& result) const {
  try {
    run.connection.execute("set lock_timeout = '1s'");
    for (KeptVersion& gone : drop_kept(run, false)) result.dropped.push_back(std::move(gone));
  } catch (const Error&) {
    if (!run.connection.usable()) return;
  }
  try {
    run.connection.execute("rollback; reset lock_timeout");
    result.kept = kept(run.connection, run.versions);
  } catch (const Error&) {
    return;  // `status` tells.
  }
}

std::vector<KeptVersion> PostgresMigrator::drop_kept(MigrationRun& run, bool also_unexpired) const {
  return KeptTable{run.connection, store_.names(), domain_.view_schema()}.drop(run.versions, also_unexpired);
}

}  // namespace seriatim::migrations
