#pragma once
// Sessions whose connection is lost.

#include "store/postgres/connection.hpp"
#include "store/postgres/sql_statements.hpp"

namespace seriatim::postgres {

/// Whether a session of this user is over, as the server at the other end of `connection` knows it: what it has not committed by
/// now, it never will. A server process that is busy does not look at its client, and goes on without one. Ends a session
/// that has been idle for a while.
[[nodiscard]] bool is_over(const Session& session, Connection& connection, const SchemaNames& names);

}  // namespace seriatim::postgres
