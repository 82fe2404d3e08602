#pragma once
// Making tables that stand beside the live ones the live ones, while the application runs.

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "migrations/migration_run.hpp"
#include "migrations/progress.hpp"
#include "migrations/standby.hpp"

namespace seriatim::migrations {

/// What a switch wants for an instant, and how long it tries to get it.
struct LockOut {
  std::vector<std::string> tables;     ///< Readers are locked out from them, as far as they are there.
  std::chrono::milliseconds patience;  ///< Since the first attempt.
  std::string aim;                     ///< "switched to version 2": what could not be done, for the error.
  std::string command;                 ///< "seriatim migrate offline": what is to be run again, for the error.
};

/// The steps of one attempt to switch. Each may be called several times.
struct SwitchSteps {
  std::function<void()> catch_up{};  ///< Before the transaction.
  std::function<void()> prepare{};   ///< In the transaction, before anybody is locked out.
  std::function<void()> change;      ///< In the transaction, with everybody locked out.
};

/// Does what `change` does in one transaction in which nobody writes the views, and commits. Others queue behind an attempt
/// that does not get its locks, and so it waits for a moment only, lets them pass, and tries again. Error(transient),
/// naming who was in the way, when that does not help. Notes in the run how long writers had to wait at most.
void lock_writers_out(MigrationRun& run, const postgres::SchemaNames& names, const Domain& domain, Progress& progress,
                      const LockOut& lock_out, const SwitchSteps& steps);

/// Brings the tables of a plan's target up to date, and switches to them: forward and back. Not thread-safe.
class ViewSwitch {
 public:
  /// All must outlive it.
  ViewSwitch(MigrationRun& run, const postgres::PostgresStore& store, const Domain& domain, const Plan& plan,
             Progress& progress)
      : run_{run},
        store_{store},
        domain_{domain},
        progress_{progress},
        standby_{run.connection, run.versions, store, domain, plan, progress} {}

  /// Catches up, pass after pass, until little is left; then replays the rest with writers locked out, and does what
  /// `change` does. Error(transient) also when an old transaction holds the horizon back for so long that more events stay
  /// for the switch than writers should wait for.
  void go_live(const LockOut& lock_out, const std::function<void()>& change);

 private:
  void catch_up();

  MigrationRun& run_;
  const postgres::PostgresStore& store_;
  const Domain& domain_;
  Progress& progress_;
  Standby standby_;
};

}  // namespace seriatim::migrations
