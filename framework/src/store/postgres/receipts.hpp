#pragma once
// Receipts of calls with idempotency keys, in the table command_receipts.

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "store/event_store.hpp"
#include "store/postgres/connection.hpp"
#include "store/postgres/sql_statements.hpp"

namespace seriatim::postgres {

/// The statement that stores receipts, which the connection has prepared.
[[nodiscard]] std::string store_receipts_call(const Connection& connection, const store::Receipts& receipts);

/// See store::EventStore::find_receipts.
[[nodiscard]] std::vector<store::FoundReceipt> find_receipts(Connection& connection, const std::vector<std::string>& keys,
                                                             const std::string& request);

/// See Database::expire_receipts.
std::int64_t expire_receipts(Connection& connection, const SchemaNames& names, std::chrono::seconds older_than,
                             const std::function<bool(std::int64_t)>& progress);

}  // namespace seriatim::postgres
