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
