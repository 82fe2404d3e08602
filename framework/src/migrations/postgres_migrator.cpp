#include "migrations/postgres_migrator.hpp"

#include <algorithm>
#include <atomic>
#include <random>
#include <thread>

#include "migrations/attended.hpp"
#include "migrations/blockers.hpp"
#include "migrations/fingerprint.hpp"
#include "migrations/impact.hpp"
#include "migrations/rebuild.hpp"
#include "migrations/rehearsal.hpp"
#include "migrations/table_shape.hpp"
#include "store/postgres/sql_statements.hpp"
#include "store/postgres/store_origin.hpp"

namespace seriatim::migrations {
namespace {

using Phase = MigrationStatus::Phase;
using postgres::quoted_name;
using Seconds = std::chrono::duration<double>;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

/// Passes before writers are locked out end when a pass found this few events: they replay in milliseconds.
constexpr std::int64_t few_events = 100;
constexpr int most_passes = 20;
/// More would keep writers waiting for too long.
constexpr std::int64_t most_events_in_a_switch = 500;
/// The server looks now and then whether a killed program still waits for an index, or for a lock: it would keep others
/// from the tables meanwhile. Not every system can.
constexpr const char* notice_loss = "do $$ begin perform set_config('client_connection_check_interval', '1s', false); "
                                    "exception when others then null; end $$";
/// Indexes are sorted in memory, where that is possible.
constexpr const char* index_settings = "set maintenance_work_mem = '256MB'";
/// How long writers may queue behind a switch that cannot get its locks: in the first attempt, and at most.
constexpr milliseconds shortest_wait{100};
constexpr milliseconds longest_wait{500};
/// Nobody who reads or writes waits for the lock that a switch asks for first.
constexpr const char* begin_switch = "begin; set local lock_timeout = '5s'";

double seconds_since(Clock::time_point start) { return Seconds{Clock::now() - start}.count(); }

/// Makes `longest` the time from its making to its end, if that is longer.
struct PauseClock {
  explicit PauseClock(double& pause) : longest{pause} {}
  ~PauseClock() { longest = std::max(longest, seconds_since(start)); }
  PauseClock(const PauseClock&) = delete;
  PauseClock& operator=(const PauseClock&) = delete;

  double& longest;
  Clock::time_point start = Clock::now();
};

/// Rethrows what is being handled; a doubt with the way out of it.
[[noreturn]] void rethrow(const std::string& views, const Plan& plan) {
  try {
    throw;
  } catch (const Error& error) {
    if (!error.in_doubt()) throw;
    throw_error<ErrorCode::in_doubt>("the connection was lost during a COMMIT of the migration of the views of " + views +
                                     " to version " + std::to_string(plan.to) +
                                     ": `seriatim migrate status` tells how far it came, and running it again goes on "
                                     "from there, whatever that is (" + error.what() + ")");
  }
}

std::string archived(const std::string& table, int version) { return table + "_" + std::to_string(version); }

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

/// The connection, locks and versions of one run of `online` or `offline`.
struct PostgresMigrator::Run {
  Run(const std::string& url, const Domain& domain) : connection{url}, versions{connection, domain.view_schema()} {
    connection.execute(notice_loss);
    if (!versions.try_lock()) {
      throw_error<ErrorCode::concurrent_migration>("another migration of the views of " + domain.name() +
                                                   ", or a move of partitions, is running: wait for it, or stop it");
    }
    from = versions.current();
    pending = versions.pending();
  }

  /// Gives the lock back at once: the server notices the end of a session some time after the program, and the next
  /// migration may come before that.
  ~Run() {
    try {
      if (connection.usable()) versions.unlock();
    } catch (const std::exception&) {
      // The lock ends with the session.
      return;
    }
  }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  postgres::Connection connection;
  VersionTable versions;
  int from = 0;
  std::optional<PendingMigration> pending;
  double pause_seconds = 0;
  std::int64_t events = 0;
};

int PostgresMigrator::target_or_latest(std::optional<int> target) const {
  return target.value_or(domain_.versions().latest());
}

void PostgresMigrator::divide(const ReplaySettings& settings) {
  (void)workers_of(settings);
  if (settings.patience < milliseconds{0}) {
    throw_error<ErrorCode::usage>("a switch cannot be given up after " + std::to_string(settings.patience.count()) +
                                  " ms: take 0 or more");
  }
  settings_ = settings;
}

MigrationStatus PostgresMigrator::status() {
  postgres::Connection connection{url_};
  VersionTable versions{connection, domain_.view_schema()};
  MigrationStatus status;
  status.current = versions.current();
  status.latest = domain_.versions().latest();
  if (const auto pending = versions.pending()) {
    status.phase = pending->phase;
    status.target = pending->version;
    status.interrupted = pending->phase != Phase::online_finished && !versions.locked();
  }
  return status;
}

MigrationPlan PostgresMigrator::plan(std::optional<int> target) {
  postgres::Connection connection{url_};
  const int from = VersionTable{connection, domain_.view_schema()}.current();
  const Plan plan = migrations::plan(domain_, from, target_or_latest(target));
  MigrationPlan result{from, target_or_latest(target), {}, impact_of(connection, store_, domain_, plan)};
  for (const auto& replay : plan.replays) {
    std::string step = "replay " + std::string{replay.projector->name} + " into";
    for (const auto& table : replay.tables) {
      step += " " + std::string{table.record->table} + target_of(plan).suffix;
    }
    result.steps.push_back(std::move(step));
    for (const auto& table : replay.tables) {
      for (const auto& alter : table.alters) {
        result.steps.push_back("alter " + alter.table + target_of(plan).suffix + " by " + alter.table + "_" +
                               std::to_string(alter.version) + ".sql");
      }
    }
  }
  for (const auto& alter : plan.alters) {
    result.steps.push_back("alter " + alter.table + " by " + alter.table + "_" + std::to_string(alter.version) + ".sql");
  }
  return result;
}

RebuildTarget PostgresMigrator::target_of(const Plan& plan) const {
  return {domain_.view_schema(), "_" + std::to_string(plan.to)};
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
  if (!sql.empty()) connection.transact(sql);
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
  Run run{url_, domain_};
  postgres::require_own_cluster(run.connection, store_.names());
  const Plan plan = migrations::plan(domain_, run.from, target_or_latest(target));
  if (plan.from == plan.to) return {plan.from, plan.to, 0, 0, 0};
  Progress progress{report, cancelled};
  if (run.pending) {
    attended(progress, [&](Crew& crew) {
      const Crew::Cancellable cancellable{crew, run.connection};
      drop_tables(run.connection, run.pending->version, run.pending->tables);
    });
    run.versions.forget(run.pending->version);
  }
  run.versions.begin_online(plan.to, projector_names(plan), table_names(plan));
  try {
    attended(progress, [&](Crew& crew) { build(run, plan, progress, crew); });
  } catch (const std::exception&) {
    if (run.connection.usable()) {
      run.connection.execute("rollback");
      drop_tables(run.connection, plan.to);
      run.versions.forget(plan.to);
    }
    rethrow(domain_.name(), plan);
  }
  return {plan.from, plan.to, run.events, seconds_since(start), 0};
}

void PostgresMigrator::build(Run& run, const Plan& plan, Progress& progress, Crew& crew) {
  const Crew::Cancellable cancellable{crew, run.connection};
  drop_tables(run.connection, plan.to);
  const std::string suffix = target_of(plan).suffix;
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
  reading.execute("begin isolation level repeatable read read only");
  const ReplayRange range{0, horizon(reading)};
  run.events = Rebuild{reading, url_, store_, plan, target_of(plan), settings_}.run(range, progress);
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
  const std::string suffix = target_of(plan).suffix;
  std::atomic<std::size_t> taken{0};
  progress.begin("building indexes", 0);
  Crew crew{[&] { progress.check(); }};
  crew.run(std::min(workers_of(settings_), tables.size()), [&](std::size_t) {
    postgres::Connection connection{url_};
    const Crew::Cancellable cancellable{crew, connection};
    connection.execute(index_settings);
    connection.execute(notice_loss);
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
      tables.emplace_back(domain_.view_schema(), std::string{table.record->table} + target_of(plan).suffix);
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
  throw_error<ErrorCode::migration>("the new tables of " + domain_.name() + " do not fit its records: " + problems +
                                    ": correct <table>.sql, or write %SUFFIX% behind the table's name in the alter "
                                    "script, so that it is run before the rows are loaded");
}

MigrationResult PostgresMigrator::offline(std::optional<int> target, const ProgressReport& report,
                                          const Cancelled& cancelled) {
  const auto start = Clock::now();
  Run run{url_, domain_};
  postgres::require_own_cluster(run.connection, store_.names());
  const Plan plan = migrations::plan(domain_, run.from, target_or_latest(target));
  if (plan.from == plan.to) return {plan.from, plan.to, 0, 0, 0};
  if (!run.pending || run.pending->version != plan.to || run.pending->phase == Phase::online_running) {
    throw_error<ErrorCode::migration_not_started>("the views of " + domain_.name() + " have no finished version " +
                                                  std::to_string(plan.to) + ": run `seriatim migrate online` first");
  }
  Progress progress{report, cancelled};
  run.versions.set_phase(plan.to, Phase::offline_running);
  try {
    attended(progress, [&](Crew& crew) {
      const Crew::Cancellable cancellable{crew, run.connection};
      switch_over(run, plan, progress, run.pending->horizon);
    });
  } catch (const std::exception&) {
    if (run.connection.usable()) {
      run.connection.execute("rollback");
      run.versions.set_phase(plan.to, Phase::online_finished);
    }
    rethrow(domain_.name(), plan);
  }
  return {plan.from, plan.to, run.events, seconds_since(start), run.pause_seconds};
}

std::int64_t PostgresMigrator::catch_up(Run& run, const Plan& plan, Progress& progress, TransactionId& from) {
  run.connection.execute("begin isolation level repeatable read");
  const ReplayRange range{from, horizon(run.connection)};
  CatchUp step{run.connection, store_, plan, target_of(plan)};
  progress.begin("catching up", step.count(range));
  const std::int64_t events = step.run(range, progress);
  run.versions.set_horizon(plan.to, range.to);
  run.connection.execute("commit", postgres::Phase::commit);
  progress.end();
  run.events += events;
  from = range.to;
  return events;
}

/// Until a pass finds few events, or so many passes did not get there. Throws Error(transient) when an old transaction
/// holds the horizon back, so that more events stay for the switch than writers should wait for.
void PostgresMigrator::catch_up_closely(Run& run, const Plan& plan, Progress& progress, TransactionId& from) {
  for (int pass = 1; catch_up(run, plan, progress, from) > few_events; ++pass) {
    if (pass == most_passes) return;
  }
  const std::int64_t left = CatchUp{run.connection, store_, plan, target_of(plan)}.count({from, 0});
  if (left <= most_events_in_a_switch) return;
  const std::string holder = horizon_holder(run.connection, store_.names());
  throw_error<ErrorCode::transient>(std::to_string(left) +
                                    " events cannot be replayed before a transaction has ended that is older than they"
                                    " are" + (holder.empty() ? "" : ": " + holder));
}

/// Writers queue behind each attempt for a moment, and pass between them.
void PostgresMigrator::switch_over(Run& run, const Plan& plan, Progress& progress, TransactionId from) {
  std::minstd_rand random{std::random_device{}()};
  const auto end = Clock::now() + settings_.patience;
  for (milliseconds wait = shortest_wait;; wait = std::min(wait * 3 / 2, longest_wait)) {
    try {
      catch_up_closely(run, plan, progress, from);
      return try_switch(run, plan, progress, from, wait);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::transient) throw;
      run.connection.execute("rollback");
      if (Clock::now() >= end) give_up(run, plan, error);
    }
    progress.check();
    std::this_thread::sleep_for(milliseconds{50 + random() % 100});
  }
}

void PostgresMigrator::give_up(Run& run, const Plan& plan, const Error& error) const {
  std::vector<TableName> tables{{domain_.view_schema(), postgres::version_marker(plan.from)}};
  for (const std::string& table : tables_in_use(run.connection, plan)) tables.emplace_back(domain_.view_schema(), table);
  const std::string holder = lock_holder(run.connection, store_.names(), tables);
  throw_error<ErrorCode::transient>("the views of " + domain_.name() + " could not be switched to version " +
                                    std::to_string(plan.to) + ", because others were in the way all the time" +
                                    (holder.empty() ? "" : ", as is " + holder) +
                                    ": wait for them or end them, then run `seriatim migrate offline` again (" +
                                    error.what() + ")");
}

/// The tables that the switch renames, alters or drops, and that somebody may be using.
std::vector<std::string> PostgresMigrator::tables_in_use(postgres::Connection& connection, const Plan& plan) const {
  std::vector<std::string> names;
  for (const std::string& table : table_names(plan)) {
    names.push_back(table);
    names.push_back(archived(table, plan.from));
  }
  for (const auto& alter : plan.alters) names.push_back(alter.table);
  std::vector<std::string> found;
  for (const auto& row : connection.execute("select distinct tablename from pg_tables where schemaname = " +
                                            connection.quoted(domain_.view_schema()) + " and tablename = any(" +
                                            text_array(connection, names) + ") order by tablename")) {
    found.emplace_back(row[0].c_str());
  }
  return found;
}

void PostgresMigrator::try_switch(Run& run, const Plan& plan, Progress& progress, TransactionId from,
                                  milliseconds wait) {
  const std::vector<std::string> tables = tables_in_use(run.connection, plan);
  run.connection.execute(begin_switch);
  for (const std::string& table : tables) {
    // An autovacuum that is at work on the table gives way to this lock, after a second; to one that is given up sooner
    // it would not.
    run.connection.execute("lock table " + quoted_name(domain_.view_schema(), table) + " in share update exclusive mode");
  }
  {
    const PauseClock pause{run.pause_seconds};
    run.versions.lock_out_writers(plan.from, tables, wait);
    CatchUp last{run.connection, store_, plan, target_of(plan)};
    progress.begin("switching", 0);
    run.events += last.run({from, 0}, progress);
    swap_tables(run, plan);
    run.versions.finish(plan.from, plan.to);
    BuiltViews{run.connection, store_.names(), domain_.view_schema()}.note_switch(domain_, plan.from, plan.to);
    run.connection.execute("commit", postgres::Phase::commit);
  }
  progress.end();
}

void PostgresMigrator::swap_tables(Run& run, const Plan& plan) {
  const std::string& schema = domain_.view_schema();
  std::string sql = "set local search_path = " + quoted_name(schema) + ", public;";
  for (const std::string& table : table_names(plan)) {
    const std::string old = archived(table, plan.from);
    sql += "drop table if exists " + quoted_name(schema, old) + "; alter table if exists " +
           quoted_name(schema, table) + " rename to " + quoted_name(old) + "; alter table " +
           quoted_name(schema, table + target_of(plan).suffix) + " rename to " + quoted_name(table) + ";";
  }
  for (const auto& alter : plan.alters) sql += with_suffix(alter.sql, "") + ";";
  sql += "set local search_path = pg_catalog, pg_temp";
  run.connection.execute(sql);
}

}  // namespace seriatim::migrations
