#pragma once
// Building the indexes and constraints of tables that have been loaded.

#include <string>
#include <vector>

#include "migrations/progress.hpp"
#include "migrations/replay_states.hpp"
#include "migrations/replay_tables.hpp"

namespace seriatim::migrations {

/// How a session is set up that builds indexes of tables that nobody reads yet: they are sorted in memory, where that is
/// possible, and nobody waits for the disk until the commit that says that the tables are ready, which is of another session.
inline constexpr const char* index_settings = "set maintenance_work_mem = '256MB'; set synchronous_commit = off";

/// Works on several tables at once, with a connection each. What is there already is left alone. Not thread-safe.
class ReplayIndexes {
 public:
  /// All must outlive it.
  ReplayIndexes(const std::string& url, const ReplaySchemas& schemas, std::size_t workers)
      : url_{url}, schemas_{schemas}, workers_{workers} {}

  /// The unique ones, without which later events cannot be replayed; analyzes.
  void build_unique(const std::vector<ReplayIndex>& indexes, Progress& progress);

  /// All; clusters, vacuums and analyzes. `clustered`: table and index.
  void build_all(const std::vector<ReplayIndex>& indexes,
                 const std::vector<std::pair<std::string, std::string>>& clustered, Progress& progress);

 private:
  /// What is to be done to one table: statements in transactions of their own, or in none.
  struct Job {
    std::string table;
    std::vector<std::string> definitions;
    std::vector<std::string> commands;
  };

  [[nodiscard]] std::vector<Job> jobs_of(postgres::Connection& connection, const std::vector<ReplayIndex>& indexes,
                                         bool unique_only) const;
  void work(const std::vector<Job>& jobs, Progress& progress) const;
  void run(postgres::Connection& connection, const Job& job) const;
  void put_together(postgres::Connection& connection, const std::vector<ReplayIndex>& indexes, bool unique_only) const;

  const std::string& url_;
  const ReplaySchemas& schemas_;
  std::size_t workers_;
};

}  // namespace seriatim::migrations
