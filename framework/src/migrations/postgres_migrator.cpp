#include "migrations/postgres_migrator.hpp"

#include <algorithm>
#include <atomic>

#include "migrations/attended.hpp"
#include "migrations/fingerprint.hpp"
#include "migrations/impact.hpp"
#include "migrations/projector_table.hpp"
#include "migrations/rebuild.hpp"
#include "migrations/rehearsal.hpp"
#include "migrations/replay_indexes.hpp"
#include "migrations/replay_states.hpp"
#include "migrations/table_shape.hpp"
#include "migrations/view_switch.hpp"
#include "store/postgres/sql_statements.hpp"
#include "store/postgres/store_origin.hpp"

namespace seriatim::migrations {
namespace {

using Phase = MigrationStatus::Phase;
using postgres::quoted_name;
using Seconds = std::chrono::duration<double>;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return Seconds{Clock::now() - start}.count(); }

std::vector<std::string> table_names(const Plan& plan) {
  std::vector<std::string> names;
  for (const auto& replay : plan.replays) {
    for (const auto& table : replay.tables) names.emplace_back(table.record->table);
  }
  return names;
}

std::vector<std::string> projector_names(const Plan& plan) {
  std::vector<std::string> names;
  for (const auto& replay : plan.replays) names.emplace_back(replay.projector->name);
  return names;
}

}  // namespace

int PostgresMigrator::target_or_latest(std::optional<int> target) const {
  return target.value_or(domain_.versions().latest());
}

void PostgresMigrator::divide(const ReplaySettings& settings) {
  (void)workers_of(settings);
  if (settings.patience.count() < 0) {
    throw_error<ErrorCode::usage>("a switch cannot be given up after " + std::to_string(settings.patience.count()) +
                                  " ms: take 0 or more");
  }
  settings_ = settings;
}

void PostgresMigrator::keep(std::chrono::seconds time) {
  if (time.count() < 0) throw_error<ErrorCode::usage>("a version cannot be kept for a negative time");
  keep_ = time;
}

MigrationStatus PostgresMigrator::status() {
  postgres::Connection connection{url_};
  VersionTable versions{connection, domain_.view_schema()};
  MigrationStatus status;
  status.current = versions.current();
  status.latest = domain_.versions().latest();
  status.kept = kept(connection, versions);
  if (const auto pending = versions.pending()) {
    status.phase = pending->phase;
    status.target = pending->version;
  } else if (status.kept && activates(connection)) {
    // `offline` notes the version that it is about, the way back goes to the one that is kept.
    status.phase = Phase::rollback_running;
    status.target = status.kept->version;
  }
  const bool running = status.phase != Phase::idle && status.phase != Phase::online_finished;
  status.interrupted = running && !versions.locked();
  return status;
}

bool PostgresMigrator::activates(postgres::Connection& connection) const {
  const std::vector<ProjectorRow> states = ProjectorTable{connection, store_.names(), domain_}.all();
  return std::any_of(states.begin(), states.end(), [](const ProjectorRow& row) { return row.activating.has_value(); });
}

std::optional<KeptVersion> PostgresMigrator::kept(postgres::Connection& connection, VersionTable& versions) const {
  const int live = versions.current();
  for (const KeptViews& views : KeptTable{connection, store_.names(), domain_.view_schema()}.all()) {
    if (views.live_version != live) continue;
    KeptVersion version = described(views);
    std::vector<core::TypeIndex> types;
    for (const KeptProjector& projector : views.projectors) {
      for (const std::string& name : projector.fingerprint.events) {
        if (const auto type = store_.registry().event(name); type != core::unknown_type) types.push_back(type);
      }
    }
    const auto horizon = versions.horizon(views.version);
    if (horizon) version.events_behind = EventReader{connection, store_, types}.count({*horizon, 0});
    return version;
  }
  return std::nullopt;
}

MigrationPlan PostgresMigrator::plan(std::optional<int> target) {
  postgres::Connection connection{url_};
  const int from = VersionTable{connection, domain_.view_schema()}.current();
  const Plan plan = migrations::plan(domain_, from, target_or_latest(target));
  MigrationPlan result{from, target_or_latest(target), {}, impact_of(connection, store_, domain_, plan)};
  for (const auto& replay : plan.replays) {
    std::string step = "replay " + std::string{replay.projector->name} + " into";
    for (const auto& table : replay.tables) {
      step += " " + std::string{table.record->table} + target_of(domain_, plan).suffix;
    }
    result.steps.push_back(std::move(step));
    for (const auto& table : replay.tables) {
      for (const auto& alter : table.alters) {
        result.steps.push_back("alter " + alter.table + target_of(domain_, plan).suffix + " by " + alter.table + "_" +
                               std::to_string(alter.version) + ".sql");
      }
    }
  }
  for (const auto& alter : plan.alters) {
    result.steps.push_back("alter " + alter.table + " by " + alter.table + "_" + std::to_string(alter.version) + ".sql");
  }
  return result;
}

void PostgresMigrator::run_view_sql(postgres::Connection& connection, const std::string& sql) const {
  // The domain's SQL names its tables without a schema; it gets that of its views, for this transaction alone.
  connection.transact("set local search_path = " + quoted_name(domain_.view_schema()) + ", public; " + sql);
}

void PostgresMigrator::drop_tables(postgres::Connection& connection, int version, std::vector<std::string> more) const {
  for (const ProjectorType& projector : domain_.projectors()) {
    for (const RecordType* record : projector.manages) more.emplace_back(record->table);
  }
  std::string sql;
  for (const std::string& table : more) {
    sql += "drop table if exists " + quoted_name(domain_.view_schema(), archived(table, version)) + ";";
  }
  if (!sql.empty()) connection.execute(sql);
}

MigrationRehearsal PostgresMigrator::dry_run(std::optional<int> target, const ProgressReport& report,
                                             const Cancelled& cancelled) {
  postgres::Connection connection{url_};
  postgres::require_own_cluster(connection, store_.names());
  const int from = VersionTable{connection, domain_.view_schema()}.current();
  Progress progress{report, cancelled};
  return rehearse(url_, store_, migrations::plan(domain_, from, target_or_latest(target)), settings_, progress);
}

MigrationResult PostgresMigrator::online(std::optional<int> target, const ProgressReport& report,
                                         const Cancelled& cancelled) {
  const auto start = Clock::now();
  MigrationRun run{url_, domain_};
  postgres::require_own_cluster(run.connection, store_.names());
  const Plan plan = migrations::plan(domain_, run.from, target_or_latest(target));
  if (plan.from == plan.to) return {plan.from, plan.to, 0, 0, 0};
  ReplayStates{run.connection, store_.names(), domain_.view_schema()}.refuse_migration();
  Progress progress{report, cancelled};
  std::vector<KeptVersion> dropped;
  attended(progress, [&](Crew& crew) {
    const Crew::Cancellable cancellable{crew, run.connection};
    dropped = drop_kept(run, false);
    drop_pending(run);
  });
  ProjectorTable states{run.connection, store_.names(), domain_};
  run.connection.execute("begin");
  run.versions.begin_online(plan.to, projector_names(plan), table_names(plan));
  states.add_missing(run.from);
  states.replaying(plan);
  run.connection.execute("commit", postgres::Phase::commit);
  try {
    attended(progress, [&](Crew& crew) { build(run, plan, progress, crew); });
  } catch (const std::exception&) {
    if (run.connection.usable()) {
      run.connection.execute("rollback");
      throw_away(run, plan.to, {});
    }
    rethrow(domain_.name(), plan.to);
  }
  return {plan.from, plan.to, run.events, seconds_since(start), 0, {}, std::move(dropped)};
}

void PostgresMigrator::drop_pending(MigrationRun& run) const {
  if (!run.pending) return;
  throw_away(run, run.pending->version, run.pending->tables);
  run.pending.reset();
}

void PostgresMigrator::throw_away(MigrationRun& run, int version, const std::vector<std::string>& more) const {
  run.connection.execute("begin");
  try {
    // Whoever replays into the tables holds the horizon, and finds none afterwards.
    (void)run.versions.hold_horizon(version);
    drop_tables(run.connection, version, more);
    run.versions.forget(version);
    ProjectorTable{run.connection, store_.names(), domain_}.idle();
    run.connection.execute("commit", postgres::Phase::commit);
  } catch (const std::exception&) {
    if (run.connection.usable()) run.connection.execute("rollback");
    throw;
  }
}

void PostgresMigrator::build(MigrationRun& run, const Plan& plan, Progress& progress, Crew& crew) {
  const Crew::Cancellable cancellable{crew, run.connection};
  drop_tables(run.connection, plan.to);
  const std::string suffix = target_of(domain_, plan).suffix;
  for (const auto& replay : plan.replays) {
    for (const auto& table : replay.tables) {
      run_view_sql(run.connection, with_suffix(table.create_sql, suffix));
      for (const auto& alter : table.alters) run_view_sql(run.connection, with_suffix(alter.sql, suffix));
    }
  }
  require_fitting_tables(run.connection, plan);
  const auto start = Clock::now();
  postgres::Connection reading{url_};
  const Crew::Cancellable reading_cancellable{crew, reading};
  reading.execute(long_session);
  reading.execute("begin isolation level repeatable read read only");
  const ReplayRange range{0, horizon(reading)};
  run.events = Rebuild{reading, url_, store_, plan, target_of(domain_, plan), settings_}.run(range, progress);
  const RebuildRate rate{run.events, seconds_since(start)};
  build_indexes(plan, progress);
  run.connection.execute("begin");
  run.versions.set_horizon(plan.to, range.to);
  run.versions.set_phase(plan.to, Phase::online_finished);
  BuiltViews{run.connection, store_.names(), domain_.view_schema()}.note_rate(rate);
  run.connection.execute("commit", postgres::Phase::commit);
}

/// Several tables at once, each with a connection of its own.
void PostgresMigrator::build_indexes(const Plan& plan, Progress& progress) const {
  std::vector<const TableToBuild*> tables;
  for (const auto& replay : plan.replays) {
    for (const auto& table : replay.tables) tables.push_back(&table);
  }
  const std::string suffix = target_of(domain_, plan).suffix;
  std::atomic<std::size_t> taken{0};
  progress.begin("building indexes", 0);
  Crew crew{[&] { progress.check(); }};
  crew.run(std::min(workers_of(settings_), tables.size()), [&](std::size_t) {
    postgres::Connection connection{url_};
    const Crew::Cancellable cancellable{crew, connection};
    connection.execute(index_settings);
    connection.execute(long_session);
    for (std::size_t next = taken++; next < tables.size() && !crew.stopping(); next = taken++) {
      const TableToBuild& table = *tables[next];
      const std::string name{table.record->table};
      try {
        if (table.indexes_sql) run_view_sql(connection, with_suffix(*table.indexes_sql, suffix));
        connection.execute("analyze " + quoted_name(domain_.view_schema(), name + suffix));
      } catch (const postgres::DatabaseError& error) {
        explain_collision(error, name);
        throw;
      }
    }
  });
  progress.end();
}

void PostgresMigrator::require_fitting_tables(postgres::Connection& connection, const Plan& plan) const {
  std::vector<TableName> tables;
  for (const auto& replay : plan.replays) {
    for (const auto& table : replay.tables) {
      tables.emplace_back(domain_.view_schema(), std::string{table.record->table} + target_of(domain_, plan).suffix);
    }
  }
  const TableShapes shapes = table_shapes(connection, store_.names(), tables);
  std::string problems;
  std::size_t next = 0;
  for (const auto& replay : plan.replays) {
    for (const auto& table : replay.tables) {
      for (const std::string& text : misfits(*table.record, tables[next++], shapes)) {
        problems.append(problems.empty() ? "" : "; ").append(text);
      }
    }
  }
  if (problems.empty()) return;
  const int latest = domain_.versions().latest();
  throw_error<ErrorCode::migration>(
      "the new tables of " + domain_.name() + " do not fit its records: " + problems +
      (plan.to < latest ? ": this program's records are those of version " + std::to_string(latest) +
                              ", so migrate to that one, or use the program whose newest version is " +
                              std::to_string(plan.to)
                        : ": correct <table>.sql, or write %SUFFIX% behind the table's name in the alter script, so that "
                          "it is run before the rows are loaded"));
}

MigrationResult PostgresMigrator::offline(std::optional<int> target, const ProgressReport& report,
                                          const Cancelled& cancelled) {
  const auto start = Clock::now();
  MigrationRun run{url_, domain_};
  postgres::require_own_cluster(run.connection, store_.names());
  const Plan plan = migrations::plan(domain_, run.from, target_or_latest(target));
  if (plan.from == plan.to) return {plan.from, plan.to, 0, 0, 0};
  ReplayStates{run.connection, store_.names(), domain_.view_schema()}.refuse_migration();
  if (!run.pending || run.pending->version != plan.to || run.pending->phase == Phase::online_running) {
    throw_error<ErrorCode::migration_not_started>("the views of " + domain_.name() + " have no finished version " +
                                                  std::to_string(plan.to) + ": run `seriatim migrate online` first");
  }
  const KeptViews replaced = replaced_by(run.connection, store_.names(), domain_, plan);
  require_keepable(replaced);
  Progress progress{report, cancelled};
  std::vector<KeptVersion> dropped;
  attended(progress, [&](Crew& crew) {
    const Crew::Cancellable cancellable{crew, run.connection};
    dropped = drop_kept(run, false);
  });
  ProjectorTable states{run.connection, store_.names(), domain_};
  run.connection.execute("begin");
  run.versions.set_phase(plan.to, Phase::offline_running);
  states.add_missing(run.from);
  states.activating(plan);
  run.connection.execute("commit", postgres::Phase::commit);
  try {
    attended(progress, [&](Crew& crew) {
      const Crew::Cancellable cancellable{crew, run.connection};
      const LockOut lock_out{exchanged_tables(plan, replaced), settings_.patience,
                             "switched to version " + std::to_string(plan.to), "seriatim migrate offline"};
      ViewSwitch{run, store_, domain_, plan, progress}.go_live(lock_out, [&] { go_forward(run, plan, replaced); });
    });
  } catch (const std::exception&) {
    if (run.connection.usable()) {
      run.connection.execute("rollback; begin");
      if (run.versions.current() != plan.to) {
        run.versions.set_phase(plan.to, Phase::online_finished);
        states.replaying(plan);
      }
      run.connection.execute("commit", postgres::Phase::commit);
    }
    rethrow(domain_.name(), plan.to);
  }
  MigrationResult result{plan.from, plan.to, run.events, seconds_since(start), run.pause_seconds};
  result.dropped = std::move(dropped);
  tidy_up(run, result);
  return result;
}

/// Those that the switch renames, alters or drops, and that somebody may be using.
std::vector<std::string> PostgresMigrator::exchanged_tables(const Plan& plan, const KeptViews& replaced) const {
  std::vector<std::string> names;
  for (const std::string& table : table_names(plan)) {
    names.push_back(table);
    names.push_back(table + target_of(domain_, plan).suffix);
  }
  for (const std::string& table : replaced.tables) {
    names.push_back(table);
    names.push_back(archived(table, plan.from));
  }
  for (const auto& alter : plan.alters) names.push_back(alter.table);
  return names;
}

/// Whoever asks for a version to be kept learns before anything is done that it cannot come back.
void PostgresMigrator::require_keepable(const KeptViews& replaced) const {
  if (!keep_ || keep_->count() == 0 || replaced.version == 0 || replaced.refusal.empty()) return;
  throw_error<ErrorCode::migration>("version " + std::to_string(replaced.version) + " of the views of " + domain_.name() +
                                    " could not come back, because " + replaced.refusal +
                                    ": replay the projector instead, or say --keep none");
}

void PostgresMigrator::go_forward(MigrationRun& run, const Plan& plan, const KeptViews& replaced) {
  const postgres::SchemaNames& names = store_.names();
  const TransactionId horizon = horizon_of_live_tables(run.connection);
  swap_tables(run, plan, replaced);
  run.versions.finish(plan.to);
  BuiltViews{run.connection, names, domain_.view_schema()}.note_switch(domain_, plan.from, plan.to);
  ProjectorTable{run.connection, names, domain_}.switched(plan);
  if (plan.from == 0) return;
  if (replaced.refusal.empty()) run.versions.set_horizon(plan.from, horizon);
  KeptTable{run.connection, names, domain_.view_schema()}.keep(replaced, keep_.value_or(usual_keeping));
}

void PostgresMigrator::swap_tables(MigrationRun& run, const Plan& plan, const KeptViews& replaced) {
  const std::string& schema = domain_.view_schema();
  std::string sql = "set local search_path = " + quoted_name(schema) + ", public;";
  for (const std::string& table : replaced.tables) {
    const std::string old = archived(table, plan.from);
    sql += "drop table if exists " + quoted_name(schema, old) + "; alter table " + quoted_name(schema, table) +
           " rename to " + quoted_name(old) + ";";
  }
  for (const std::string& table : table_names(plan)) {
    sql += "alter table " + quoted_name(schema, table + target_of(domain_, plan).suffix) + " rename to " +
           quoted_name(table) + ";";
  }
  for (const auto& alter : plan.alters) sql += with_suffix(alter.sql, "") + "\n;";  // It may end in a comment.
  sql += "set local search_path = pg_catalog, pg_temp";
  run.connection.execute(sql);
}

}  // namespace seriatim::migrations
