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
  std::vector<std::string> tables;  ///< That it builds, by their live names.
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
  /// Of a migration that is under way; one that has ended stays so.
  void set_phase(int version, MigrationStatus::Phase phase);

  /// The horizon up to which the tables of a version that is not live hold the events; nothing when it has no such tables.
  [[nodiscard]] std::optional<TransactionId> horizon(int version);
  /// The same, and keeps it as it is until the transaction ends: whoever replays into tables does it under this lock, so
  /// that no event is replayed into them twice. Error(transient) in a transaction whose snapshot is older than a change.
  [[nodiscard]] std::optional<TransactionId> hold_horizon(int version);
  /// Nothing: the version has no tables beside the live ones.
  void set_horizon(int version, std::optional<TransactionId> horizon);

  /// The tables that a version was built with, by their live names; and the projectors.
  [[nodiscard]] std::vector<std::string> tables_of(int version) { return targets("target_records", version); }
  [[nodiscard]] std::vector<std::string> projectors_of(int version) { return targets("target_projectors", version); }

  /// Makes `version` the live one: the marker of the live version becomes its marker.
  void finish(int version);
  /// Makes `version` the live one again, and the one that is live now a finished `online`.
  void go_back(int version);
  void forget(int version);

  /// The live version and its marker, which writers lock, at one instant.
  struct Live {
    int version = 0;
    std::string marker;
  };
  [[nodiscard]] Live live();
  /// Gives the marker another name, so that all programs look at the views again before they write. Within a transaction
  /// that has locked out writers.
  void renew_marker();

  /// Lets no switch commit until the transaction ends.
  void keep_current();

  /// Locks out the writers of the live version, and everybody from `tables`, until the transaction ends. Waits for all
  /// of that no longer than `wait` in all, half of it for the writers; throws Error(transient) then.
  void lock_out_writers(const std::vector<std::string>& tables, std::chrono::milliseconds wait);

 private:
  std::optional<TransactionId> horizon_of(int version, const char* lock);
  [[nodiscard]] std::vector<std::string> targets(const char* column, int version);
  void rename_marker(int version);
  void rename_marker(const std::string& from, const std::string& to);

  postgres::Connection& connection_;
  std::string schema_;
  std::string table_;
  std::string lock_key_;     ///< SQL expression of the advisory lock's key.
  std::string is_the_lock_;  ///< SQL condition on rows of pg_locks.
};

}  // namespace seriatim::migrations
