#pragma once
// Making tables that were built beside the live ones the live ones, while the application runs.

#include <functional>

#include "migrations/catch_up.hpp"
#include "migrations/migration_run.hpp"
#include "migrations/planner.hpp"
#include "migrations/progress.hpp"

namespace seriatim::migrations {

/// Brings the tables of a plan's target up to date, and switches to them. The plan's tables stand under the suffix of its
/// target; the horizon up to which they hold the events is that of the target in the table of versions. Not thread-safe.
class ViewSwitch {
 public:
  /// All must outlive it.
  ViewSwitch(MigrationRun& run, const postgres::PostgresStore& store, const Domain& domain, const Plan& plan,
             Progress& progress);

  /// Replays what was stored since the horizon, pass after pass, until little is left. Each pass is a transaction.
  void catch_up();

  /// In one transaction: locks writers out, replays the rest, and does what `change` does. Tries again for a while when
  /// the lock cannot be got, then Error(transient). Notes in the run how long writers had to wait.
  void go_live(const std::function<void()>& change);

 private:
  std::int64_t pass();
  void try_switch(const std::function<void()>& change);

  MigrationRun& run_;
  const postgres::PostgresStore& store_;
  const Plan& plan_;
  Progress& progress_;
  RebuildTarget target_;
  TransactionId from_;
};

}  // namespace seriatim::migrations
