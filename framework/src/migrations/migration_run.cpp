#include "migrations/migration_run.hpp"

namespace seriatim::migrations {

MigrationRun::MigrationRun(const std::string& url, const Domain& domain)
    : connection{url}, versions{connection, domain.view_schema()} {
  connection.execute(notice_loss);
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

}  // namespace seriatim::migrations
