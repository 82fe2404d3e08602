#pragma once
// The gate: whether the loaded domains fit what is stored, asked when a program starts.

#include <string>
#include <vector>

#include "store/postgres/postgres_store.hpp"

namespace seriatim::migrations {

/// Everything that the domains could not decode or write, each in a sentence: event types of their aggregates that none
/// declares, tables and columns that do not fit the records, records that changed without a new version. Looks at
/// projectors only whose tables are there in this program's version. Queries of the catalog and of small tables.
[[nodiscard]] std::vector<std::string> mismatches(postgres::Connection& connection,
                                                  const postgres::PostgresStore& store);

/// Throws Error(domain_mismatch) with the whole list. Otherwise notes which events the domains' aggregates may have.
void pass_gate(postgres::Connection& connection, const postgres::PostgresStore& store);

/// Finds event types that other programs have stored without declaring them, by reading all events; see pass_gate.
/// Returns how many were not known. Needs the right to insert.
std::int64_t record_stored_types(postgres::Connection& connection, const postgres::PostgresStore& store);

}  // namespace seriatim::migrations
