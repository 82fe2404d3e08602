#pragma once
// The table sequent_versions of a view schema: which version is live and which migration is under way.

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "migrations/event_reader.hpp"
#include "seriatim/view_migrator.hpp"
#include "store/postgres/connection.hpp"

namespace seriatim::migrations {

/// A migration that is under way, or was left behind.
struct PendingMigration {
  int version = 0;
  MigrationStatus::Phase phase = MigrationStatus::Phase::idle;
  TransactionId horizon = 0;  ///< Events below it are in the new tables.
  std::vector<std::string> tables{};  ///< That were to be built, without their suffix.
};

/// Reads and writes the table over one connection, in whatever transaction is open there.
class VersionTable {
 public:
  VersionTable(postgres::Connection& connection, const std::string& view_schema);

  [[nodiscard]] int current();
  [[nodiscard]] std::optional<PendingMigration> pending();

  /// Takes the migration lock of this view schema for the session; false when another session has it.
  [[nodiscard]] bool try_lock();
  void unlock();
  /// Whether any session holds the lock; takes it for no moment itself.
  [[nodiscard]] bool locked();

  void begin_online(int version, const std::vector<std::string>& projectors, const std::vector<std::string>& tables);
  void set_phase(int version, MigrationStatus::Phase phase);
  void set_horizon(int version, TransactionId horizon);
  /// Makes `version` the live one: the marker of the live version before it becomes its marker.
  void finish(int from, int version);
  void forget(int version);

  /// Locks out the writers of the live version, and everybody from `tables`, until the transaction ends. Waits for all
  /// of that no longer than `wait` in all, half of it for the writers; throws Error(transient) then.
  void lock_out_writers(int current, const std::vector<std::string>& tables, std::chrono::milliseconds wait);

 private:
  postgres::Connection& connection_;
  std::string schema_;
  std::string table_;
  std::string lock_key_;     ///< SQL expression of the advisory lock's key.
  std::string is_the_lock_;  ///< SQL condition on rows of pg_locks.
};

}  // namespace seriatim::migrations
