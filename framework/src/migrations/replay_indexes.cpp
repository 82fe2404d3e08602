#include "migrations/replay_indexes.hpp"

#include <algorithm>
#include <atomic>
#include <set>

#include "migrations/crew.hpp"
#include "migrations/migration_run.hpp"
#include "migrations/rebuild.hpp"

namespace seriatim::migrations {
namespace {

using postgres::quoted_name;

/// Names of the tables or indexes of some kinds in a schema.
std::set<std::string> relations(postgres::Connection& connection, const std::string& schema, const char* kinds) {
  std::set<std::string> names;
  for (const auto& row : connection.execute(
           "select c.relname from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace"
           " where c.relkind in (" + std::string{kinds} + ") and n.nspname = " + connection.quoted(schema))) {
    names.insert(row[0].c_str());
  }
  return names;
}

}  // namespace

std::vector<ReplayIndexes::Job> ReplayIndexes::jobs_of(postgres::Connection& connection,
                                                       const std::vector<ReplayIndex>& indexes, bool unique_only) const {
  const std::set<std::string> built = relations(connection, schemas_.replay, "'i', 'I'");
  std::vector<Job> jobs;
  for (const std::string& table : relations(connection, schemas_.replay, "'r'")) {
    Job& job = jobs.emplace_back(Job{table, {}, {}});
    for (const ReplayIndex& index : indexes) {
      if (index.table != table || index.depth || (unique_only && !index.unique) || built.count(index.name) != 0) continue;
      job.definitions.push_back(index.sql);
    }
  }
  return jobs;
}

void ReplayIndexes::build_unique(const std::vector<ReplayIndex>& indexes, Progress& progress) {
  postgres::Connection connection{url_};
  connection.execute(long_session);
  std::vector<Job> jobs = jobs_of(connection, indexes, true);
  for (Job& job : jobs) job.commands.push_back("analyze " + quoted_name(schemas_.replay, job.table));
  work(jobs, progress);
  put_together(connection, indexes, true);
}

void ReplayIndexes::build_all(const std::vector<ReplayIndex>& indexes,
                              const std::vector<std::pair<std::string, std::string>>& clustered, Progress& progress) {
  postgres::Connection connection{url_};
  connection.execute(long_session);
  std::vector<Job> jobs = jobs_of(connection, indexes, false);
  for (Job& job : jobs) {
    const std::string table = quoted_name(schemas_.replay, job.table);
    for (const auto& [clustered_table, index] : clustered) {
      if (clustered_table == job.table) job.commands.push_back("cluster " + table + " using " + quoted_name(index));
    }
    job.commands.push_back("vacuum (analyze) " + table);
  }
  work(jobs, progress);
  put_together(connection, indexes, false);
  for (const std::string& parent : relations(connection, schemas_.replay, "'p'")) {
    connection.execute("analyze " + quoted_name(schemas_.replay, parent));
  }
}

void ReplayIndexes::work(const std::vector<Job>& jobs, Progress& progress) const {
  std::atomic<std::size_t> taken{0};
  progress.begin("building indexes", 0);
  Crew crew{[&] { progress.check(); }};
  crew.run(std::min(workers_, jobs.size()), [&](std::size_t) {
    postgres::Connection connection{url_};
    const Crew::Cancellable cancellable{crew, connection};
    connection.execute(index_settings);
    for (std::size_t next = taken++; next < jobs.size() && !crew.stopping(); next = taken++) {
      run(connection, jobs[next]);
    }
  });
  progress.end();
}

void ReplayIndexes::run(postgres::Connection& connection, const Job& job) const {
  try {
    for (const std::string& sql : job.definitions) connection.transact(schemas_.new_path() + sql);
    for (const std::string& sql : job.commands) connection.execute(sql);
  } catch (const postgres::DatabaseError& error) {
    explain_collision(error, job.table);
    throw;
  }
}

/// Indexes over partitions take moments: all rows are in those of the partitions. They come deepest first.
void ReplayIndexes::put_together(postgres::Connection& connection, const std::vector<ReplayIndex>& indexes,
                                 bool unique_only) const {
  const std::set<std::string> built = relations(connection, schemas_.replay, "'I'");
  for (const ReplayIndex& index : indexes) {
    if (!index.depth || (unique_only && !index.unique) || built.count(index.name) != 0) continue;
    connection.transact(schemas_.new_path() + index.sql);
  }
}

}  // namespace seriatim::migrations
