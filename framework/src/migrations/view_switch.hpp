#pragma once
// Making tables that were built beside the live ones the live ones, while the application runs.

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "migrations/catch_up.hpp"
#include "migrations/migration_run.hpp"
#include "migrations/planner.hpp"
#include "migrations/progress.hpp"

namespace seriatim::migrations {

/// What a switch wants for an instant, and how long it tries to get it.
struct LockOut {
  std::vector<std::string> tables;     ///< Readers are locked out from them, as far as they are there.
  std::chrono::milliseconds patience;  ///< Since the first attempt.
};

/// Brings the tables of a plan's target up to date, and switches to them. The plan's tables stand under the suffix of its
/// target; the horizon up to which they hold the events is that of the target in the table of versions. Not thread-safe.
class ViewSwitch {
 public:
  /// All must outlive it.
  ViewSwitch(MigrationRun& run, const postgres::PostgresStore& store, const Domain& domain, const Plan& plan,
             Progress& progress);

  /// Replays what was stored since the horizon, pass after pass, until little is left. Each pass is a transaction.
  /// Throws Error(transient) when an old transaction holds the horizon back, so that more events stay for the switch than
  /// writers should wait for.
  void catch_up();

  /// Catches up; then, in one transaction, locks writers out, replays the rest, and does what `change` does. Others queue
  /// behind an attempt that does not get its locks, and so it waits for a moment only, lets them pass, and tries again.
  /// Error(transient), naming who was in the way, when that does not help. Notes in the run how long writers had to wait.
  void go_live(const LockOut& lock_out, const std::function<void()>& change);

 private:
  std::int64_t pass();
  void try_switch(const std::vector<std::string>& tables, std::chrono::milliseconds wait,
                  const std::function<void()>& change);
  [[nodiscard]] std::vector<std::string> existing(const std::vector<std::string>& tables);
  [[noreturn]] void give_up(const LockOut& lock_out, const Error& error);

  MigrationRun& run_;
  const postgres::PostgresStore& store_;
  const Domain& domain_;
  const Plan& plan_;
  Progress& progress_;
  RebuildTarget target_;
  TransactionId from_;
};

}  // namespace seriatim::migrations
