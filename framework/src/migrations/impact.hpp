#pragma once
// What a plan will cost.

#include "migrations/planner.hpp"
#include "seriatim/migration_impact.hpp"
#include "store/postgres/postgres_store.hpp"

namespace seriatim::migrations {

/// Counts the events that the plan's replays read, and looks at the sizes of tables and the speed of the last rebuild.
/// Throws Error(migration) when a record has changed and neither the plan nor a newer version of the domain says so.
[[nodiscard]] MigrationImpact impact_of(postgres::Connection& connection, const postgres::PostgresStore& store,
                                        const Domain& domain, const Plan& plan);

}  // namespace seriatim::migrations
