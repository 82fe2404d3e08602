#pragma once
// Permanent deletion, for the owner of the store.

#include <span>

#include "seriatim/deletion.hpp"
#include "store/postgres/connection.hpp"
#include "store/postgres/sql_statements.hpp"

namespace seriatim::postgres {

/// See Deletion.
[[nodiscard]] DeletedStreams delete_streams(Connection& connection, const SchemaNames& names,
                                            std::span<const AggregateId> ids);

/// Without `of`, of all aggregates.
[[nodiscard]] std::int64_t delete_commands(Connection& connection, const SchemaNames& names,
                                           std::optional<std::span<const AggregateId>> of);

}  // namespace seriatim::postgres
