#pragma once
// Taking over an event store that Ruby's Sequent installed: what is ours alone is added, nothing is changed.

#include <string>
#include <string_view>
#include <vector>

#include "store/postgres/connection.hpp"
#include "store/postgres/sql_statements.hpp"

namespace seriatim::postgres {

/// Runs the store's migrations statement by statement and leaves out what is there already: tables, views, functions
/// and triggers by name, indexes by the columns that they cover; the triggers that archive events when the events have
/// any. Adds columns and defaults that are missing. One transaction. Returns the names of the migrations. Throws
/// Error(store_not_adopted), with the whole list, when tables are there that seriatim cannot work with.
[[nodiscard]] std::vector<std::string> take_over(Connection& connection, const SchemaNames& names);

/// The statements of an SQL text, without their semicolons; comments in front of a statement belong to it.
[[nodiscard]] std::vector<std::string> split_statements(std::string_view sql);

}  // namespace seriatim::postgres
