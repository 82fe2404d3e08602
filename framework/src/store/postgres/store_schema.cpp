#include "store/postgres/store_schema.hpp"

#include <libpq-fe.h>

#include <memory>

namespace seriatim::postgres {
namespace {

/// Serialises installers: "seriatim" as a number.
constexpr const char* installation_lock = "select pg_advisory_lock(8315161591632454509)";
constexpr const char* installation_unlock = "select pg_advisory_unlock(8315161591632454509)";

using Options = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;

Options parse_url(const std::string& url) {
  char* message = nullptr;
  Options options{PQconninfoParse(url.c_str(), &message), &PQconninfoFree};
  if (options == nullptr) {
    std::string why = message != nullptr ? message : "it cannot be parsed";
    PQfreemem(message);
    while (!why.empty() && why.back() == '\n') why.pop_back();
    throw_error<ErrorCode::configuration>("the database address is not usable: " + why);
  }
  return options;
}

std::string database_of(const std::string& url) {
  const Options options = parse_url(url);
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (std::string_view{option->keyword} == "dbname" && option->val != nullptr) return option->val;
  }
  throw_error<ErrorCode::configuration>("the database address names no database: add /name to it");
}

/// The same server, another database.
std::string with_database(const std::string& url, const std::string& database) {
  const Options options = parse_url(url);
  std::string out;
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    const std::string_view keyword = option->keyword;
    const std::string value = keyword == "dbname" ? database : option->val != nullptr ? option->val : "";
    if (value.empty()) continue;
    out.append(keyword).append("='");
    for (const char c : value) {
      if (c == '\'' || c == '\\') out += '\\';
      out += c;
    }
    out += "' ";
  }
  return out;
}

bool exists(Connection& connection, const std::string& query) { return !connection.execute(query).empty(); }

bool database_exists(Connection& maintenance, const std::string& name) {
  return exists(maintenance, "select from pg_catalog.pg_database where datname = " + maintenance.quoted(name));
}

bool relation_exists(Connection& connection, const std::string& schema, const std::string& table) {
  return exists(connection, "select from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace"
                            " where n.nspname = " + connection.quoted(schema) +
                            " and c.relname = " + connection.quoted(table));
}

void create_role(Connection& connection, const std::string& role) {
  if (exists(connection, "select from pg_catalog.pg_roles where rolname = " + connection.quoted(role))) return;
  try {
    connection.execute("create role " + quoted_name(role) + " nologin");
  } catch (const DatabaseError& error) {
    // Roles belong to the cluster: an installer of another database may just have made it.
    if (error.sqlstate() == "42710" || error.sqlstate() == "23505") return;
    throw;
  }
}

int installed_version(Connection& connection, const SchemaNames& names) {
  if (!relation_exists(connection, names.store, "seriatim_migrations")) return 0;
  return connection
      .execute("select coalesce(max(version), 0) from " + quoted_name(names.store, "seriatim_migrations"))[0][0]
      .as<int>();
}

[[noreturn]] void throw_foreign(const Connection& connection, const SchemaNames& names) {
  throw_error<ErrorCode::store_not_adopted>("schema \"" + names.store + "\" in " + connection.where() +
                                            " holds an event store that seriatim did not install: run `seriatim db "
                                            "adopt`, which adds what is missing and changes nothing else");
}

void run(Connection& connection, const SchemaNames& names, const StoreMigration& migration) {
  connection.transact(migration.sql + "\n; insert into " + quoted_name(names.store, "seriatim_migrations") +
                      " (version, name) values (" + std::to_string(migration.version) + ", " +
                      connection.quoted(migration.name) + ")");
}

/// Leaves exactly one marker: that of the live version. The lock keeps a migration from switching meanwhile.
void mark_version(Connection& connection, const SchemaNames& names, const std::string& views) {
  connection.execute("lock table " + quoted_name(views, "sequent_versions") + " in share row exclusive mode");
  const std::string current = connection.execute(version_query(connection, names, views))[0][1].c_str();
  const auto stale = connection.execute("select tablename from pg_catalog.pg_tables where schemaname = " +
                                        connection.quoted(views) + " and tablename ~ '^seriatim_version_[0-9]+(_[0-9]+)?$'"
                                        " and tablename <> " + connection.quoted(current));
  for (const auto& row : stale) connection.execute("drop table " + quoted_name(views, row[0].c_str()));
  connection.execute("create table if not exists " + quoted_name(views, current) + " ()");
}

std::int64_t count_events(Connection& connection, const SchemaNames& names) {
  return connection.execute("select count(*) from " + quoted_name(names.store, "events"))[0][0].as<std::int64_t>();
}

}  // namespace

void create_database(const std::string& url) {
  const std::string name = database_of(url);
  Connection maintenance{with_database(url, "postgres")};
  if (database_exists(maintenance, name)) return;
  try {
    maintenance.execute("create database " + quoted_name(name) + " encoding 'UTF8' template template0");
  } catch (const DatabaseError& error) {
    if (error.sqlstate() != "42P04" && error.sqlstate() != "23505") throw;  // Made by somebody else meanwhile.
  }
}

void drop_database(const std::string& url, const SchemaNames& names, bool force) {
  const std::string name = database_of(url);
  Connection maintenance{with_database(url, "postgres")};
  if (!database_exists(maintenance, name)) return;
  const StoreStatus status = store_status(url, names);
  if (status.events != 0 && !force) {
    throw_error<ErrorCode::usage>("database \"" + name + "\" holds " + std::to_string(status.events) +
                                  " events, which cannot be brought back: use --force if they are to be lost");
  }
  maintenance.execute("drop database " + quoted_name(name) + (force ? " with (force)" : ""));
}

void lock_installation(Connection& connection) { connection.execute(installation_lock); }

void unlock_installation(Connection& connection) { connection.execute(installation_unlock); }

bool is_foreign(Connection& connection, const SchemaNames& names) {
  return installed_version(connection, names) == 0 && relation_exists(connection, names.store, "events");
}

void prepare_migrations(Connection& connection, const SchemaNames& names) {
  create_role(connection, names.application_role);
  create_role(connection, names.reader_role);
  connection.execute("create schema if not exists " + quoted_name(names.store) + "; create table if not exists " +
                     quoted_name(names.store, "seriatim_migrations") +
                     " (version integer primary key, name text not null,"
                     " applied_at timestamptz not null default now())");
}

std::vector<std::string> migrate_store(Connection& connection, const SchemaNames& names) {
  connection.execute(installation_lock);
  std::vector<std::string> done;
  try {
    if (is_foreign(connection, names)) throw_foreign(connection, names);
    prepare_migrations(connection, names);
    const int installed = installed_version(connection, names);
    for (const StoreMigration& migration : store_migrations(names)) {
      if (migration.version <= installed) continue;
      run(connection, names, migration);
      done.push_back(migration.name);
    }
    protect_partitions(connection, names);
  } catch (const Error&) {
    if (connection.usable()) connection.execute(installation_unlock);
    throw;
  }
  connection.execute(installation_unlock);
  return done;
}

void protect_partitions(Connection& connection, const SchemaNames& names) {
  connection.execute("select " + quoted_name(names.store, "protect_event_partitions") + "()");
}

std::string version_query(const Connection& connection, const SchemaNames& names, const std::string& views) {
  const std::pair<std::string_view, std::string> fill[] = {{"{views}", quoted_name(views)},
                                                           {"{schema}", connection.quoted(views)}};
  return statement("view_version", names, fill);
}

void create_view_schema(Connection& connection, const SchemaNames& names, const std::string& views) {
  const std::pair<std::string_view, std::string> fill[] = {{"{views}", quoted_name(views)}};
  connection.execute(installation_lock);
  try {
    connection.transact(statement("create_view_schema", names, fill));
    connection.execute("begin");
    mark_version(connection, names, views);
    connection.execute("commit");
  } catch (const Error&) {
    if (connection.usable()) {
      connection.execute("rollback");
      connection.execute(installation_unlock);
    }
    throw;
  }
  connection.execute(installation_unlock);
}

StoreStatus store_status(const std::string& url, const SchemaNames& names) {
  StoreStatus status;
  status.latest_version = store_migrations(names).back().version;
  {
    Connection maintenance{with_database(url, "postgres")};
    status.database_exists = database_exists(maintenance, database_of(url));
  }
  if (!status.database_exists) return status;
  Connection connection{url};
  status.installed_version = installed_version(connection, names);
  // Also those of a store that another program installed.
  if (relation_exists(connection, names.store, "events")) status.events = count_events(connection, names);
  return status;
}

void require_installed(Connection& connection, const SchemaNames& names, const core::Registry& registry) {
  const int installed = installed_version(connection, names);
  const int latest = store_migrations(names).back().version;
  if (is_foreign(connection, names)) throw_foreign(connection, names);
  if (installed == 0) {
    throw_error<ErrorCode::store_not_installed>("there is no event store in " + connection.where() +
                                                ": run `seriatim db create`");
  }
  if (installed != latest) {
    throw_error<ErrorCode::store_not_installed>(
        "the event store in " + connection.where() + " is at version " + std::to_string(installed) +
        " and this program needs version " + std::to_string(latest) +
        (installed < latest ? ": run `seriatim db migrate`" : ": use the newer program"));
  }
  for (const Domain& domain : registry.domains()) {
    if (domain.projectors().empty() || relation_exists(connection, domain.view_schema(), "sequent_versions")) continue;
    throw_error<ErrorCode::store_not_installed>("the views of domain \"" + domain.name() + "\" have no schema \"" +
                                                domain.view_schema() +
                                                "\": run `seriatim db migrate` with its plugin");
  }
}

}  // namespace seriatim::postgres
