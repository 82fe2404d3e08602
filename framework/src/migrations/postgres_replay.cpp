#include "migrations/postgres_replay.hpp"

#include <algorithm>

#include "migrations/migration_run.hpp"
#include "migrations/replay_indexes.hpp"
#include "migrations/replay_switch.hpp"
#include "migrations/switching.hpp"
#include "store/postgres/store_origin.hpp"

namespace seriatim::migrations {
namespace {

using postgres::quoted_name;

/// How long something took.
class Watch {
 public:
  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// Ends the transaction of a step that failed, and puts the state where it belongs. What it throws itself is not the reason.
void give_up(ReplayStep& step, std::int64_t id, ReplayState state) noexcept {
  try {
    if (!step.connection.usable()) return;
    step.connection.execute("rollback");
    step.states.set_state(id, state);
  } catch (const std::exception&) {
    return;  // The state says what was going on, and that nobody has the lock.
  }
}

}  // namespace

void PostgresReplay::divide(const ReplaySettings& settings) {
  (void)workers_of(settings);
  settings_ = settings;
}

void PostgresReplay::count_behind(postgres::Connection& connection, const ReplayRow& row, ReplayStatus& status) const {
  std::vector<const ProjectorType*> projectors;
  for (const ProjectorType& projector : domain_.projectors()) {
    if (std::find(row.projectors.begin(), row.projectors.end(), projector.name) != row.projectors.end()) {
      projectors.push_back(&projector);
    }
  }
  if (!row.horizon || projectors.size() != row.projectors.size()) return;
  connection.execute("begin isolation level repeatable read read only");
  EventReader reader{connection, store_, Projection{store_.registry(), projectors}.types()};
  status.events_behind = reader.count({*row.horizon, 0});
  connection.execute("rollback");
}

ReplayStatus PostgresReplay::status() {
  postgres::Connection connection{url_};
  const ReplaySchemas schemas{domain_.view_schema()};
  ReplayStatus status;
  if (const auto row = ReplayStates{connection, store_.names(), schemas.views}.latest()) {
    status.id = row->id;
    status.state = row->state;
    status.projectors = row->projectors;
    status.since = row->since;
    status.changed = row->changed;
    status.running = status.under_way() && VersionTable{connection, schemas.views}.locked();
    status.interrupted =
        !status.running && (row->state == ReplayState::replaying || row->state == ReplayState::catching_up);
    if (status.under_way()) count_behind(connection, *row, status);
  }
  if (is_claimed(connection, schemas.archive)) {
    const auto bytes = connection.execute(
        "select coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint from pg_catalog.pg_class c join"
        " pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.relkind = 'r' and n.nspname = " +
        connection.quoted(schemas.archive))[0][0].as<std::int64_t>();
    status.archive = ReplayArchive{schemas.archive, tables_in(connection, schemas.archive), bytes};
  }
  return status;
}

std::vector<std::string> PostgresReplay::chosen(ReplayStep& step, const std::vector<std::string>& projectors) const {
  std::vector<std::string> names;
  for (const std::string& name : projectors) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  if (projectors.empty()) {
    for (const ProjectorType& projector : domain_.projectors()) {
      if (!projector.manages.empty()) names.emplace_back(projector.name);
    }
  }
  for (const Replay& replay : step.plan_of(names).replays) {
    if (!replay.tables.empty()) continue;
    throw_error<ErrorCode::usage>("projector " + std::string{replay.projector->name} +
                                  " keeps no tables of its own, so there is nothing to replay: leave it out");
  }
  if (names.empty()) throw_error<ErrorCode::usage>("no projector of " + domain_.name() + " keeps tables: nothing to replay");
  return names;
}

ReplayPreparation PostgresReplay::prepare(const std::vector<std::string>& projectors, const ReplayHooks& hooks) {
  ReplayStep step{url_, store_, domain_};
  postgres::require_own_cluster(step.connection, store_.names());
  if (step.versions.pending()) {
    throw_error<ErrorCode::concurrent_migration>("a migration of the views of " + domain_.name() +
                                                 " is under way: run `seriatim migrate offline` first");
  }
  if (const auto other = step.states.under_way()) {
    throw_error<ErrorCode::concurrent_migration>("a replay can begin when the one before it is over: " + describe(*other));
  }
  const std::vector<std::string> names = chosen(step, projectors);
  step.connection.execute("begin");
  try {
    ReplayPreparation made = make_tables(step, names, hooks);
    step.connection.execute("commit", postgres::Phase::commit);
    return made;
  } catch (const std::exception&) {
    if (step.connection.usable()) step.connection.execute("rollback");
    throw;
  }
}

ReplayPreparation PostgresReplay::make_tables(ReplayStep& step, const std::vector<std::string>& projectors,
                                              const ReplayHooks& hooks) const {
  ReplayPreparation made;
  made.id = step.states.add(projectors);
  made.projectors = projectors;
  made.tables = ReplayStep::tables_of(step.plan_of(projectors));
  // Left behind by one that ended with the adoption of the store.
  if (is_claimed(step.connection, step.schemas.replay)) {
    step.connection.execute("drop schema " + quoted_name(step.schemas.replay) + " cascade");
  }
  claim_schema(step.connection, step.schemas.replay);
  ReplayTables tables{step.connection, store_.names(), step.schemas, made.tables};
  tables.make_copies();
  const ReplayTables::Indexes indexes = tables.indexes();
  step.states.note_tables(made.id, indexes.definitions, indexes.clustered, tables.structure());
  step.states.set_state(made.id, ReplayState::prepared);
  ReplayDependents dependents = tables.dependents();
  made.views = std::move(dependents.views);
  made.blockers = std::move(dependents.blockers);
  if (!indexes.invalid.empty()) made.notes.push_back("invalid indexes are left out: " + indexes.invalid);
  step.run_hook("after_prepare", hooks.after_prepare, step.schemas.new_path());
  return made;
}

ReplayResult PostgresReplay::run(const ProgressReport& report, const Cancelled& cancelled) {
  const Watch watch;
  ReplayStep step{url_, store_, domain_};
  postgres::require_own_cluster(step.connection, store_.names());
  const ReplayRow row = step.row("run", {ReplayState::prepared, ReplayState::replaying, ReplayState::failed});
  const Plan plan = step.plan_of(row.projectors);
  Progress progress{report, cancelled};
  step.states.set_state(row.id, ReplayState::replaying);
  try {
    const std::int64_t events = load(step, row, plan, progress);
    return {row.id, row.projectors, events, watch.seconds(), 0, {}, {}};
  } catch (const std::exception&) {
    give_up(step, row.id, ReplayState::failed);
    throw;
  }
}

std::int64_t PostgresReplay::load(ReplayStep& step, const ReplayRow& row, const Plan& plan, Progress& progress) const {
  std::string tables;
  for (const std::string& table : ReplayStep::tables_of(plan)) {
    tables.append(tables.empty() ? "" : ", ").append(quoted_name(step.schemas.replay, table));
  }
  // Sessions of a program that was killed may still be there. None can add rows later: they come in a COPY that has the
  // table's lock already, for which this waits.
  step.connection.execute("truncate " + tables + " restart identity");
  postgres::Connection reading{url_};
  reading.execute(long_session);
  reading.execute("begin isolation level repeatable read read only");
  const ReplayRange range{0, horizon(reading)};
  const std::int64_t events = Rebuild{reading, url_, store_, plan, step.target(), settings_}.run(range, progress);
  ReplayIndexes{url_, step.schemas, workers_of(settings_)}.build_unique(step.states.indexes(row.id), progress);
  step.connection.execute("begin");
  step.states.set_horizon(row.id, range.to);
  step.states.set_state(row.id, ReplayState::replayed);
  step.connection.execute("commit", postgres::Phase::commit);
  return events;
}

ReplayResult PostgresReplay::catch_up(const ProgressReport& report, const Cancelled& cancelled) {
  const Watch watch;
  ReplayStep step{url_, store_, domain_};
  postgres::require_own_cluster(step.connection, store_.names());
  const ReplayRow row = step.row("catchup", {ReplayState::replayed, ReplayState::optimized});
  const Plan plan = step.plan_of(row.projectors);
  Progress progress{report, cancelled};
  ReplayResult result{row.id, row.projectors, 0, 0, 0, {}, {}};
  step.states.set_state(row.id, ReplayState::catching_up);
  try {
    TransactionId from = row.horizon.value();
    for (int pass = 0; pass < most_passes; ++pass) {
      const std::int64_t events = step.catch_up(row, plan, from, progress);
      result.events += events;
      if (events <= few_events) break;
    }
    step.states.set_state(row.id, row.settled());
  } catch (const std::exception&) {
    give_up(step, row.id, row.settled());
    throw;
  }
  result.seconds = watch.seconds();
  return result;
}

ReplayResult PostgresReplay::optimize(const ProgressReport& report, const Cancelled& cancelled) {
  const Watch watch;
  ReplayStep step{url_, store_, domain_};
  const ReplayRow row = step.row("optimize", {ReplayState::replayed, ReplayState::optimized});
  Progress progress{report, cancelled};
  ReplayIndexes{url_, step.schemas, workers_of(settings_)}.build_all(step.states.indexes(row.id),
                                                                     step.states.clustered(row.id), progress);
  step.states.set_optimized(row.id);
  return {row.id, row.projectors, 0, watch.seconds(), 0, {}, {}};
}

ReplayResult PostgresReplay::go_live(const ReplayHooks& hooks, const ProgressReport& report, const Cancelled& cancelled) {
  const Watch watch;
  ReplayStep step{url_, store_, domain_};
  postgres::require_own_cluster(step.connection, store_.names());
  const ReplayRow row = step.row("golive", {ReplayState::optimized});
  const Plan plan = step.plan_of(row.projectors);
  Progress progress{report, cancelled};
  ReplayResult result{row.id, row.projectors, 0, 0, 0, step.schemas.archive, {}};
  step.states.set_state(row.id, ReplayState::catching_up);
  ReplaySwitch change{step, row, plan, hooks};
  try {
    TransactionId from = row.horizon.value();
    for (int pass = 0; pass < most_passes; ++pass) {
      const std::int64_t events = step.catch_up(row, plan, from, progress);
      result.events += events;
      if (events <= few_events) break;
    }
    change.run(from, progress);
    result.events += change.events();
    result.pause_seconds = change.pause_seconds();
    result.notes = change.notes();
  } catch (const std::exception&) {
    if (!change.done()) give_up(step, row.id, ReplayState::optimized);
    throw;
  }
  result.seconds = watch.seconds();
  return result;
}

void PostgresReplay::abort() {
  ReplayStep step{url_, store_, domain_};
  const ReplayRow row =
      step.row("abort", {ReplayState::created, ReplayState::prepared, ReplayState::replaying, ReplayState::replayed,
                         ReplayState::optimized, ReplayState::failed});
  step.connection.execute("begin");
  if (is_claimed(step.connection, step.schemas.replay)) {
    step.connection.execute("drop schema " + quoted_name(step.schemas.replay) + " cascade");
  }
  step.states.set_state(row.id, ReplayState::aborted);
  step.connection.execute("commit", postgres::Phase::commit);
}

bool PostgresReplay::drop_archive() {
  ReplayStep step{url_, store_, domain_};
  if (!is_claimed(step.connection, step.schemas.archive)) return false;
  step.connection.execute("begin");
  migrations::drop_archive(step.connection, step.schemas.archive);
  step.connection.execute("commit", postgres::Phase::commit);
  return true;
}

}  // namespace seriatim::migrations
