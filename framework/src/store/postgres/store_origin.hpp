#pragma once
// Where a store was written: a restored one carries the transaction ids of another cluster.

#include <cstdint>
#include <string>

#include "store/postgres/connection.hpp"
#include "store/postgres/sql_statements.hpp"

namespace seriatim::postgres {

/// What is known of a store's origin.
struct StoreOrigin {
  std::string recorded;  ///< The cluster that the store says it was written in; empty when it does not know.
  std::string current;   ///< The cluster that it is in; empty when the server does not tell.
  std::int64_t next_transaction = 0;
  bool from_the_future = false;  ///< Events of transactions that this cluster has not begun: the certain sign.

  [[nodiscard]] bool moved() const noexcept { return !recorded.empty() && !current.empty() && recorded != current; }
  [[nodiscard]] bool foreign() const noexcept { return from_the_future || moved(); }
};

/// Asks the store. Reads no events but those of the newest blocks; not within a transaction.
[[nodiscard]] StoreOrigin store_origin(Connection& connection, const SchemaNames& names);

/// Throws Error(store_not_adopted) when the store holds events of transactions that are still to come: what would be
/// stored now could not be told from them, nor be brought in order with them.
void require_own_transactions(Connection& connection, const SchemaNames& names);

/// Throws Error(store_not_adopted) also when the store was merely moved: nobody knows whether the horizons that it
/// notes are those of this cluster.
void require_own_cluster(Connection& connection, const SchemaNames& names);

}  // namespace seriatim::postgres
