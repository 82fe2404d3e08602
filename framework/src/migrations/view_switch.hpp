#pragma once
// Making tables that stand beside the live ones the live ones, while the application runs.

#include <functional>

#include "migrations/migration_run.hpp"
#include "migrations/progress.hpp"
#include "migrations/standby.hpp"

namespace seriatim::migrations {

/// Does what `change` does in one transaction in which nobody writes the views, and commits. Before writers are locked out,
/// `prepare` is called in that transaction. Tries again for a while when a lock cannot be got, then Error(transient): both
/// may be called several times. Notes in the run how long writers had to wait.
void lock_writers_out(MigrationRun& run, Progress& progress, const std::function<void()>& prepare,
                      const std::function<void()>& change);

/// Brings the tables of a plan's target up to date, and switches to them: forward and back. Not thread-safe.
class ViewSwitch {
 public:
  /// All must outlive it.
  ViewSwitch(MigrationRun& run, const postgres::PostgresStore& store, const Domain& domain, const Plan& plan,
             Progress& progress)
      : run_{run}, progress_{progress}, standby_{run.connection, run.versions, store, domain, plan, progress} {}

  /// Replays what was stored since the horizon, pass after pass, until little is left.
  void catch_up();

  /// Replays the rest with writers locked out, and does what `change` does.
  void go_live(const std::function<void()>& change);

 private:
  MigrationRun& run_;
  Progress& progress_;
  Standby standby_;
};

}  // namespace seriatim::migrations
