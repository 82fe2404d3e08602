#pragma once
// One step of a replay: its connection, its lock, and what it works on.

#include <initializer_list>
#include <string>
#include <vector>

#include "migrations/event_reader.hpp"
#include "migrations/planner.hpp"
#include "migrations/rebuild.hpp"
#include "migrations/replay_states.hpp"
#include "migrations/replay_tables.hpp"
#include "migrations/version_table.hpp"

namespace seriatim::migrations {

/// Holds the lock of the views' migrations. Not thread-safe.
class ReplayStep {
 public:
  /// Error(concurrent_migration) when another program has the lock. All must outlive it.
  ReplayStep(const std::string& url, const postgres::PostgresStore& store, const Domain& domain);
  /// Gives the lock back at once.
  ~ReplayStep();
  ReplayStep(const ReplayStep&) = delete;
  ReplayStep& operator=(const ReplayStep&) = delete;

  /// The last replay, if it is in one of the states; Error otherwise: see require_state. `name` is the step's.
  [[nodiscard]] ReplayRow row(const std::string& name, std::initializer_list<ReplayState> states);

  /// What is to be replayed: the projectors' tables, in the version that they have.
  [[nodiscard]] Plan plan_of(const std::vector<std::string>& projectors);

  /// The tables' names.
  [[nodiscard]] static std::vector<std::string> tables_of(const Plan& plan);

  [[nodiscard]] RebuildTarget target() const { return {schemas.replay, ""}; }

  /// One pass of replaying later events, in a transaction of its own; moves the horizon. Returns how many there were.
  std::int64_t catch_up(const ReplayRow& row, const Plan& plan, TransactionId& from, Progress& progress);

  /// Runs SQL of the user's own within the transaction that is open: that of the domain's file, then `given`.
  void run_hook(const std::string& name, const std::string& given, const std::string& search_path);
  [[nodiscard]] bool has_hook(const std::string& name, const std::string& given) const;

  postgres::Connection connection;
  VersionTable versions;
  ReplayStates states;
  const ReplaySchemas schemas;
  const postgres::PostgresStore& store;
  const Domain& domain;
  int version = 0;  ///< Of the live views.

 private:
  void run_sql(const std::string& what, const std::string& sql, const std::string& search_path);
  [[nodiscard]] std::string_view file(const std::string& name) const;
};

}  // namespace seriatim::migrations
