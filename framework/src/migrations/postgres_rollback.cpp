// The part of the migrator that goes back, and looks after what is kept for that.

#include "migrations/follow.hpp"
#include "migrations/postgres_migrator.hpp"
#include "migrations/projector_table.hpp"
#include "migrations/way_back.hpp"
#include "store/postgres/store_origin.hpp"

namespace seriatim::migrations {

MigrationResult PostgresMigrator::rollback(const ProgressReport& report, const Cancelled& cancelled) {
  const auto start = std::chrono::steady_clock::now();
  MigrationRun run{url_, domain_};
  postgres::require_own_cluster(run.connection, store_.names());
  const int latest = domain_.versions().latest();
  // What was gone back from waits as a finished `online` of a newer version.
  if (run.from == latest && run.pending && run.pending->version > latest) return {latest, latest, 0, 0, 0};
  std::vector<KeptVersion> dropped = drop_kept(run, false);
  const WayBack way = way_back(run.connection, store_, domain_, run.from);
  drop_pending(run);
  Progress progress{report, cancelled};
  ProjectorTable states{run.connection, store_.names(), domain_};
  run.connection.execute("begin");
  states.activating(way.plan);
  run.connection.execute("commit", postgres::Phase::commit);
  try {
    ViewSwitch view_switch{run, store_, domain_, way.plan, progress};
    view_switch.catch_up();
    view_switch.go_live([&] { go_back(run, store_, domain_, way); });
  } catch (const std::exception&) {
    if (run.connection.usable()) {
      run.connection.execute("rollback; begin");
      states.idle();
      run.connection.execute("commit", postgres::Phase::commit);
    }
    throw;
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return {way.plan.from, way.plan.to, run.events, seconds, run.pause_seconds, {}, std::move(dropped)};
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

std::vector<KeptVersion> PostgresMigrator::drop_kept(MigrationRun& run, bool also_unexpired) const {
  return KeptTable{run.connection, store_.names(), domain_.view_schema()}.drop(run.versions, also_unexpired);
}

}  // namespace seriatim::migrations
