// Moving events to the partitions that they belong in.

#include <memory>

#include "maintenance/postgres_key_maintenance.hpp"
#include "migrations/version_table.hpp"
#include "store/postgres/store_schema.hpp"

namespace seriatim::maintenance {
namespace {

using postgres::Connection;
using postgres::statement;
constexpr const char* insufficient_privilege = "42501";

/// Holds the locks of all migrations of views, so that none runs meanwhile.
class NoMigrations {
 public:
  explicit NoMigrations(Connection& connection) {
    const auto schemas = connection.execute(
        "select n.nspname from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace"
        " where c.relname = 'sequent_versions' and c.relkind in ('r', 'p') order by n.nspname");
    for (const auto& row : schemas) {
      auto versions = std::make_unique<migrations::VersionTable>(connection, row[0].c_str());
      if (!versions->try_lock()) {
        release();
        throw_error<ErrorCode::concurrent_migration>("a migration of the views in schema \"" + std::string{row[0].c_str()} +
                                                     "\", or another move of partitions, is running: wait for it");
      }
      locked_.push_back(std::move(versions));
    }
  }
  ~NoMigrations() { release(); }
  NoMigrations(const NoMigrations&) = delete;
  NoMigrations& operator=(const NoMigrations&) = delete;

 private:
  void release() noexcept {
    try {
      for (const auto& versions : locked_) versions->unlock();
    } catch (const std::exception&) {
      // The locks end with the session.
      return;
    }
  }

  std::vector<std::unique_ptr<migrations::VersionTable>> locked_;
};

void require_privilege(Connection& connection, const postgres::SchemaNames& names) {
  const std::string events = postgres::quoted_name(names.store, "events");
  const auto row = connection.execute("select current_user, has_table_privilege(" + connection.quoted(events) +
                                      ", 'update')")[0];
  if (row[1].as<bool>()) return;
  throw_error<ErrorCode::database>("user \"" + std::string{row[0].c_str()} + "\" may not update " + events +
                                   ", which moving events is: run this as the owner of the event store");
}

/// Partitions that were added get their triggers. A user who may move events and make no triggers goes on without.
void protect_if_permitted(Connection& connection, const postgres::SchemaNames& names) {
  try {
    postgres::protect_partitions(connection, names);
  } catch (const postgres::DatabaseError& error) {
    if (error.sqlstate() != insufficient_privilege) throw;
  }
}

}  // namespace

PartitionsResult PostgresKeyMaintenance::move_partitions(const ProgressReport& report, const Cancelled& cancelled) {
  Connection connection{url_};
  const postgres::SchemaNames& names = store_.names();
  require_privilege(connection, names);
  const NoMigrations none{connection};
  protect_if_permitted(connection, names);
  const auto recorded = connection.execute(statement("partition_key_changes", names));
  Steps steps{report, cancelled, "moving", static_cast<std::int64_t>(recorded.size())};
  PartitionsResult result;
  for (const auto& row : recorded) {
    connection.execute("begin");
    const auto moved = connection.execute("select " + postgres::quoted_name(names.store, "move_partition") + "('" +
                                          row[0].c_str() + "')")[0][0];
    connection.execute("commit", postgres::Phase::commit);
    if (!moved.is_null()) {
      ++result.aggregates;
      result.events += moved.as<std::int64_t>();
    }
    steps.advance(1);
  }
  return result;
}

}  // namespace seriatim::maintenance
