#pragma once
// Installing and checking the event store's own schema.

#include <string>
#include <vector>

#include "core/registry.hpp"
#include "store/postgres/connection.hpp"
#include "store/postgres/sql_statements.hpp"

namespace seriatim::postgres {

/// What `db status` says.
struct StoreStatus {
  bool database_exists = false;
  int installed_version = 0;  ///< 0: no event store.
  int latest_version = 0;     ///< That this program brings.
  std::int64_t events = 0;    ///< Estimated for large stores, exact for small ones.
};

/// Creates the database unless it exists, through the server's maintenance database.
void create_database(const std::string& url);

/// Drops the database. Error(usage) when it holds events, unless forced.
void drop_database(const std::string& url, const SchemaNames& names, bool force);

/// Hold off all other installers of this database; the same session may lock several times.
void lock_installation(Connection& connection);
void unlock_installation(Connection& connection);

/// Whether there is an event store that another program installed; see take_over.
[[nodiscard]] bool is_foreign(Connection& connection, const SchemaNames& names);

/// Creates the roles, the schema and the table of migrations, unless they are there.
void prepare_migrations(Connection& connection, const SchemaNames& names);

/// Creates roles and schema, runs the migrations that are missing, each in its own transaction, and protects partitions
/// that were added. Idempotent, and safe when several programs do it at once. Returns the names of the migrations that
/// it ran. Error(store_not_adopted) when another program installed the store.
std::vector<std::string> migrate_store(Connection& connection, const SchemaNames& names);

/// Gives partitions of events that lack them the triggers that archive what is deleted or changed there.
void protect_partitions(Connection& connection, const SchemaNames& names);

/// The statement view_version for a view schema.
[[nodiscard]] std::string version_query(const Connection& connection, const SchemaNames& names, const std::string& views);

/// Creates a view schema with its table of versions. Idempotent.
void create_view_schema(Connection& connection, const SchemaNames& names, const std::string& views);

/// Does not need the database to exist.
[[nodiscard]] StoreStatus store_status(const std::string& url, const SchemaNames& names);

/// Throws Error(store_not_installed) unless the store is at this program's version and every domain has its view
/// schema.
void require_installed(Connection& connection, const SchemaNames& names, const core::Registry& registry);

}  // namespace seriatim::postgres
