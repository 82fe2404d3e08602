#pragma once
// Going back to the version that a switch replaced, by a program with the plugin of that version.

#include "migrations/kept_views.hpp"
#include "migrations/view_switch.hpp"
#include "store/postgres/postgres_store.hpp"

namespace seriatim::migrations {

/// The kept version with the plan by which this program's projectors fill its tables.
struct WayBack {
  KeptViews kept;
  Plan plan;  ///< From the live version to the kept one; its replays have no SQL.
};

/// Error(migration) unless the version that is kept is this program's newest one, its tables are those that this program's
/// projectors write, and all other tables of the version are written still.
[[nodiscard]] WayBack way_back(postgres::Connection& connection, const postgres::PostgresStore& store,
                               const Domain& domain, int live_version);

/// Within the switch, when the kept tables hold all events: makes them the live ones, and the tables that were live
/// those of a finished `online`, with which `offline` can go forward again.
void go_back(MigrationRun& run, const postgres::PostgresStore& store, const Domain& domain, const WayBack& way);

}  // namespace seriatim::migrations
