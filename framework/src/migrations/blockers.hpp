#pragma once
// Who is in the way of a switch, for people who are to do something about it.

#include <string>
#include <vector>

#include "migrations/table_shape.hpp"

namespace seriatim::migrations {

/// "the session with pid 12 (psql, idle in transaction since 2026-03-01 10:00:00+00, last query: select 1)": the one whose
/// transaction has had a lock on one of the tables for longest. Empty when nobody has one now. Sees of sessions of other
/// users what the database shows to this one.
[[nodiscard]] std::string lock_holder(postgres::Connection& connection, const postgres::SchemaNames& names,
                                      const std::vector<TableName>& tables);

/// The same for the oldest transaction of the cluster that writes: events above it may still be joined by earlier ones.
[[nodiscard]] std::string horizon_holder(postgres::Connection& connection, const postgres::SchemaNames& names);

}  // namespace seriatim::migrations
