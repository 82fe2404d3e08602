#pragma once
// Making a store that came from elsewhere one of this cluster.

#include "seriatim/database.hpp"
#include "store/postgres/connection.hpp"
#include "store/postgres/sql_statements.hpp"

namespace seriatim::postgres {

/// Gives the events transaction ids of this cluster's past, forgets the migrations that were under way elsewhere, notes
/// which event types are stored and that the store belongs here; all in one transaction, which locks writers out. Does
/// nothing of that to a store that belongs here already. The store is installed and up to date. Throws
/// Error(transient) when the lock was not got in time, Error(concurrent_migration) when a migration is running.
[[nodiscard]] Adoption adopt_events(Connection& connection, const SchemaNames& names);

}  // namespace seriatim::postgres
