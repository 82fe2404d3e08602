#pragma once
// One run of a migration: its connection, its lock, and what it found.

#include <optional>
#include <string>

#include "migrations/version_table.hpp"
#include "seriatim/domain.hpp"

namespace seriatim::migrations {

/// Settings of a session that holds something for a migration, for however long that takes. The server does not end it
/// for being idle meanwhile: its lock would be somebody else's. It looks now and then whether the program is still
/// there, for a killed one would keep others from the tables; not every system can.
inline constexpr const char* long_session =
    "set idle_session_timeout = 0; set idle_in_transaction_session_timeout = 0; "
    "do $$ begin perform set_config('client_connection_check_interval', '1s', false); "
    "exception when others then null; end $$";

/// Holds the migration lock of a domain's views while it exists. Not thread-safe.
class MigrationRun {
 public:
  /// Connects. Error(concurrent_migration) when somebody else has the lock.
  MigrationRun(const std::string& url, const Domain& domain);
  /// Gives the lock back at once: the server notices the end of a session some time after the program, and the next
  /// migration may come before that.
  ~MigrationRun();
  MigrationRun(const MigrationRun&) = delete;
  MigrationRun& operator=(const MigrationRun&) = delete;

  postgres::Connection connection;
  VersionTable versions;
  int from = 0;                             ///< The live version.
  std::optional<PendingMigration> pending;  ///< What was under way, or left behind, when the run began.
  double pause_seconds = 0;                 ///< How long writers were locked out at most, failed attempts included.
  std::int64_t events = 0;                  ///< Replayed so far.
};

/// Rethrows the error that is being handled; a doubt with the way out of it.
[[noreturn]] void rethrow(const std::string& views, int version);

}  // namespace seriatim::migrations
