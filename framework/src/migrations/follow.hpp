#pragma once
// Keeping the tables of a version that is not live up to date, until somebody wants that no more.

#include <string>

#include "migrations/progress.hpp"
#include "store/postgres/postgres_store.hpp"

namespace seriatim::migrations {

/// See ViewMigrator::follow. Takes no migration lock, so that every other step may come between two passes.
[[nodiscard]] FollowResult follow(const std::string& url, const postgres::PostgresStore& store, const Domain& domain,
                                  const ProgressReport& report, const Cancelled& cancelled);

}  // namespace seriatim::migrations
