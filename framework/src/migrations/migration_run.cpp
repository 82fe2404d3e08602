#include "migrations/migration_run.hpp"

namespace seriatim::migrations {

MigrationRun::MigrationRun(const std::string& url, const Domain& domain)
    : connection{url}, versions{connection, domain.view_schema()} {
  connection.execute(long_session);
  if (!versions.try_lock()) {
    throw_error<ErrorCode::concurrent_migration>("another migration of the views of " + domain.name() +
                                                 ", or a move of partitions, is running: wait for it, or stop it");
  }
  from = versions.current();
  pending = versions.pending();
}

MigrationRun::~MigrationRun() {
  try {
    if (connection.usable()) versions.unlock();
  } catch (const std::exception&) {
    // The lock ends with the session.
    return;
  }
}

void rethrow(const std::string& views, int version) {
  try {
    throw;
  } catch (const Error& error) {
    if (!error.in_doubt()) throw;
    throw_error<ErrorCode::in_doubt>("the connection was lost during a COMMIT of the migration of the views of " + views +
                                     " to version " + std::to_string(version) +
                                     ": `seriatim migrate status` tells how far it came, and running it again goes on "
                                     "from there, whatever that is (" + error.what() + ")");
  }
}

}  // namespace seriatim::migrations
