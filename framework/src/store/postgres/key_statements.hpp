#pragma once
// The statements about unique keys and partition keys, and what they answer.

#include <span>
#include <string>

#include "seriatim/unique_keys.hpp"
#include "store/event_store.hpp"
#include "store/postgres/connection.hpp"
#include "store/postgres/sql_statements.hpp"

namespace seriatim::postgres {

/// "(array[...]::uuid[], array[...]::text[], array[...]::jsonb[])": aggregates, scopes, keys.
[[nodiscard]] std::string unique_key_arguments(const Connection& connection,
                                               std::span<const store::UniqueKeyChange> changes);

/// "(array[...]::uuid[], array[...]::text[])": aggregates, keys.
[[nodiscard]] std::string partition_key_arguments(const Connection& connection,
                                                  std::span<const store::PartitionKeyChange> changes);

/// Changes the keys that it can, and answers a row for each that is refused; see `refusal_of`.
[[nodiscard]] std::string refused_unique_keys_query(const Connection& connection, const SchemaNames& names,
                                                    std::span<const store::UniqueKeyChange> changes);

/// What a row of `refused_unique_keys_query` says.
[[nodiscard]] AggregateKeyNotUnique::Refusal refusal_of(const pqxx::row& row);

[[nodiscard]] std::string find_unique_key_statement(const Connection& connection, const SchemaNames& names,
                                                    std::string_view scope, const std::string& key);

}  // namespace seriatim::postgres
