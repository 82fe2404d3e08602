#include "migrations/replay_step.hpp"

#include <algorithm>

#include "migrations/catch_up.hpp"
#include "migrations/fingerprint.hpp"
#include "migrations/migration_run.hpp"

namespace seriatim::migrations {
namespace {

std::string file_of(const std::string& hook) { return "replay." + hook + ".sql"; }

}  // namespace

ReplayStep::ReplayStep(const std::string& url, const postgres::PostgresStore& of_store, const Domain& of_domain)
    : connection{url},
      versions{connection, of_domain.view_schema()},
      states{connection, of_store.names(), of_domain.view_schema()},
      schemas{of_domain.view_schema()},
      store{of_store},
      domain{of_domain} {
  connection.execute(long_session);
  if (!versions.try_lock()) {
    throw_error<ErrorCode::concurrent_migration>("another program is replaying or migrating the views of " +
                                                 domain.name() + ", or moving partitions: wait for it, or stop it");
  }
  version = versions.current();
}

ReplayStep::~ReplayStep() {
  try {
    if (connection.usable()) versions.unlock();
  } catch (const std::exception&) {
    // The lock ends with the session.
    return;
  }
}

ReplayRow ReplayStep::row(const std::string& name, std::initializer_list<ReplayState> wanted) {
  std::optional<ReplayRow> found = states.latest();
  if (!found) {
    throw_error<ErrorCode::migration_not_started>("no replay of the views of " + domain.name() +
                                                  " has been prepared: run `seriatim replay prepare` first");
  }
  require_state(*found, {wanted.begin(), wanted.size()}, name);
  return *std::move(found);
}

Plan ReplayStep::plan_of(const std::vector<std::string>& projectors) {
  Plan plan;
  plan.from = plan.to = version;
  for (const std::string& name : projectors) {
    const auto& known = domain.projectors();
    const auto found = std::find_if(known.begin(), known.end(), [&](const ProjectorType& p) { return p.name == name; });
    if (found == known.end()) {
      throw_error<ErrorCode::usage>(domain.name() + " has no projector named \"" + name +
                                    "\": load the plugin that has it, or choose another");
    }
    if (!is_current(domain, *found, version)) {
      throw_error<ErrorCode::migration>("projector " + name + " has another version in this plugin than in the database, "
                                        "where the views are at version " + std::to_string(version) +
                                        ": use the plugin that fits, or `seriatim migrate` to build the new version");
    }
    Replay& replay = plan.replays.emplace_back(Replay{&*found, version, {}});
    for (const RecordType* record : found->manages) replay.tables.push_back({record, {}, {}, {}});
  }
  return plan;
}

std::vector<std::string> ReplayStep::tables_of(const Plan& plan) {
  std::vector<std::string> tables;
  for (const Replay& replay : plan.replays) {
    for (const TableToBuild& table : replay.tables) tables.emplace_back(table.record->table);
  }
  return tables;
}

std::int64_t ReplayStep::catch_up(const ReplayRow& row, const Plan& plan, TransactionId& from, Progress& progress) {
  connection.execute("begin isolation level repeatable read");
  const ReplayRange range{from, horizon(connection)};
  CatchUp step{connection, store, plan, target()};
  progress.begin("catching up", step.count(range));
  const std::int64_t events = step.run(range, progress);
  states.set_horizon(row.id, range.to);
  connection.execute("commit", postgres::Phase::commit);
  progress.end();
  from = range.to;
  return events;
}

std::string_view ReplayStep::file(const std::string& name) const {
  for (const SqlFile& sql : domain.sql()) {
    if (sql.name == name) return sql.text;
  }
  return {};
}

bool ReplayStep::has_hook(const std::string& name, const std::string& given) const {
  return !given.empty() || !file(file_of(name)).empty();
}

void ReplayStep::run_hook(const std::string& name, const std::string& given, const std::string& search_path) {
  run_sql("the file " + file_of(name), std::string{file(file_of(name))}, search_path);
  run_sql("the SQL given as " + name, given, search_path);
}

void ReplayStep::run_sql(const std::string& what, const std::string& sql, const std::string& search_path) {
  if (sql.empty()) return;
  try {
    // Within a function's EXECUTE, nothing can end the transaction.
    connection.execute(search_path + "do language plpgsql " +
                       connection.quoted("begin execute " + connection.quoted(sql) + "; end") +
                       "; set local search_path = ''");
  } catch (const postgres::DatabaseError& error) {
    if (error.code() == ErrorCode::transient || error.code() == ErrorCode::connection_lost) throw;
    throw_error<ErrorCode::migration>(what + " failed, so nothing has been done: " + error.what() +
                                      " (correct it, and run the step again)");
  }
}

}  // namespace seriatim::migrations
