#pragma once
// The database as an installation: creating it, bringing it up to date, dropping it.

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "seriatim/domain.hpp"
#include "seriatim/options.hpp"

namespace seriatim {

/// What `db status` says.
struct DatabaseStatus {
  bool exists = false;
  int installed_version = 0;  ///< Version of the event store's tables; 0 when there are none.
  int latest_version = 0;     ///< The version that this program brings.
  std::int64_t events = 0;
};

/// What adopting a store has done.
struct Adoption {
  std::vector<std::string> installed;     ///< Names of the store's migrations that were run.
  bool moved = false;                     ///< The store came from another cluster.
  std::string from_cluster;               ///< Where it says that it was written; empty when unknown.
  std::string cluster;                    ///< Where it is; empty when the server does not tell.
  std::int64_t events = 0;                ///< Events that got another transaction id,
  std::int64_t transactions = 0;          ///< and of how many transactions.
  std::int64_t forgotten_migrations = 0;  ///< Migrations of views that were under way elsewhere.
};

/// Administers one database. Not thread-safe; different objects and programs may work on one database at once.
/// All calls are idempotent. Errors: connection_lost, configuration, database.
class Database {
 public:
  explicit Database(Options options) : options_{std::move(options)} {}

  /// Creates the database unless it exists, then does what `migrate` does.
  std::vector<std::string> create(const std::vector<Domain>& domains);

  /// Brings the event store up to date, creates the roles and the view schemas of the domains. Returns the names of the
  /// migrations that it ran.
  std::vector<std::string> migrate(const std::vector<Domain>& domains);

  /// Makes a store that came from elsewhere one of this database's cluster: one that was dumped and restored, or one
  /// that Ruby's Sequent installed, to which it adds what is missing. Events get transaction ids of this cluster's past,
  /// in their old order. Does nothing to a store that belongs here. Writers are locked out meanwhile. Errors also:
  /// store_not_adopted (tables that seriatim cannot work with), transient (the store is in use), concurrent_migration.
  Adoption adopt(const std::vector<Domain>& domains);

  /// Drops the database. Error(usage) when it holds events and `force` is not set.
  void drop(bool force);

  [[nodiscard]] DatabaseStatus status() const;

  /// Deletes the receipts of idempotency keys that are older than that, in portions, each in a transaction of its own.
  /// `progress` is told how many are gone, and returns false to stop. Returns how many it deleted.
  std::int64_t expire_receipts(std::chrono::seconds older_than, const std::function<bool(std::int64_t)>& progress = {});

 private:
  Options options_;
};

}  // namespace seriatim
