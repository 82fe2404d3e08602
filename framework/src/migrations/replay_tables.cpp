#include "migrations/replay_tables.hpp"

#include "migrations/table_shape.hpp"

namespace seriatim::migrations {
namespace {

using postgres::quoted_name;

constexpr const char* own_comment = "Made and dropped by seriatim: tables of a replay";
constexpr std::size_t longest_name = 63;

/// Altering, vacuuming and analyzing are locked out, writing and reading are not; who vacuums by itself makes way after a
/// second.
constexpr const char* wait_for_others = "set local lock_timeout = '10s'";

std::string own_schema(const std::string& views, const char* suffix) {
  std::string name = views + suffix;
  if (name.size() <= longest_name) return name;
  throw_error<ErrorCode::usage>("the views of schema \"" + views + "\" cannot be replayed, because the name \"" + name +
                                "\" is longer than " + std::to_string(longest_name) + " bytes: rename the schema");
}

std::vector<std::string> first_column(const pqxx::result& rows) {
  std::vector<std::string> texts;
  for (const auto& row : rows) texts.emplace_back(row[0].c_str());
  return texts;
}

std::string list_of(const std::string& schema, const std::vector<std::string>& tables) {
  std::string list;
  for (const std::string& table : tables) list.append(list.empty() ? "" : ", ").append(quoted_name(schema, table));
  return list;
}

/// The schema's comment, where there is the schema.
std::optional<std::string> comment_of(postgres::Connection& connection, const std::string& schema) {
  const auto rows = connection.execute(
      "select coalesce(obj_description(oid, 'pg_namespace'), '') from pg_catalog.pg_namespace where nspname = " +
      connection.quoted(schema));
  if (rows.empty()) return std::nullopt;
  return rows[0][0].c_str();
}

}  // namespace

ReplaySchemas::ReplaySchemas(std::string view_schema)
    : views{std::move(view_schema)}, replay{own_schema(views, "_replay")}, archive{own_schema(views, "_archive")} {}

std::string ReplaySchemas::new_path() const {
  return "set local search_path = " + quoted_name(replay) + ", " + quoted_name(views) + ", public, pg_temp; ";
}

std::string ReplaySchemas::live_path() const {
  return "set local search_path = " + quoted_name(views) + ", public, pg_temp; ";
}

ReplayTables::ReplayTables(postgres::Connection& connection, const postgres::SchemaNames& names, ReplaySchemas schemas,
                           const std::vector<std::string>& tables)
    : connection_{connection}, names_{names}, schemas_{std::move(schemas)} {
  fill_ = {{"{views}", connection.quoted(schemas_.views)},
           {"{replay}", connection.quoted(schemas_.replay)},
           {"{archive}", connection.quoted(schemas_.archive)},
           {"{tables}", text_array(connection, tables)}};
  std::string problems;
  for (const auto& row : query("replay_relations")) {
    if (!row[3].is_null()) problems.append(problems.empty() ? "" : "; ").append(row[1].c_str()).append(" ").append(row[3].c_str());
  }
  if (!problems.empty()) throw_error<ErrorCode::migration>("these tables cannot be replayed: " + problems);
  list_ = list_of(schemas_.views, tables);
  connection_.execute(std::string{wait_for_others} + "; lock table " + list_ + " in share update exclusive mode");
  std::string oids;
  for (const auto& row : query("replay_relations")) oids.append(oids.empty() ? "" : ", ").append(row[0].c_str());
  fill_.emplace_back("{oids}", "array[" + oids + "]::oid[]");
}

pqxx::result ReplayTables::query(std::string_view name) {
  // With the views' schema alone in the search_path, definitions name what is in there without a schema, and everything
  // else with its own. So they are about the new tables when they are run with another path.
  const std::string path = "set local search_path = " + quoted_name(schemas_.views) + ", pg_temp; ";
  pqxx::result result = connection_.execute(path + postgres::statement(name, names_, fill_));
  connection_.execute("set local search_path = ''");
  return result;
}

void ReplayTables::run_all(const std::vector<std::string>& statements) {
  connection_.execute(schemas_.new_path());
  for (const std::string& sql : statements) connection_.execute(sql);
  connection_.execute("set local search_path = ''");
}

void ReplayTables::make_copies() {
  run_all(first_column(query("replay_copies")));
  run_all(first_column(query("replay_identities")));
}

ReplayTables::Indexes ReplayTables::indexes() {
  const auto row = query("replay_indexes")[0];
  return {row[0].c_str(), row[1].c_str(), row[2].c_str()};
}

std::string ReplayTables::structure() { return query("replay_structure")[0][0].c_str(); }

std::string ReplayTables::drift(std::int64_t replay) {
  const std::pair<std::string_view, std::string> fill[] = {{"{id}", std::to_string(replay)},
                                                           {"{now}", connection_.quoted(structure())}};
  const auto rows = connection_.execute(postgres::statement("replay_drift", names_, fill));
  return rows[0][0].is_null() ? "" : rows[0][0].c_str();
}

ReplayDependents ReplayTables::dependents() {
  ReplayDependents found;
  for (const auto& row : query("replay_dependents")) {
    if (row[2].is_null()) {
      found.blockers.emplace_back(row[0].c_str());
    } else {
      found.views.emplace_back(row[1].c_str());
      found.statements.emplace_back(row[2].c_str());
    }
  }
  return found;
}

std::vector<std::string> ReplayTables::moves() {
  std::vector<std::string> statements = first_column(query("replay_moves"));
  statements.insert(statements.begin(), "lock table " + list_ + " in access exclusive mode");
  return statements;
}

ReplayProperties ReplayTables::properties() {
  ReplayProperties found;
  for (const auto& row : query("replay_properties")) {
    (row[1].as<bool>() ? found.after_commit : found.statements).emplace_back(row[0].c_str());
  }
  return found;
}

bool is_claimed(postgres::Connection& connection, const std::string& schema) {
  return comment_of(connection, schema) == own_comment;
}

void claim_schema(postgres::Connection& connection, const std::string& schema) {
  if (!comment_of(connection, schema)) {
    connection.execute("create schema " + quoted_name(schema) + "; comment on schema " + quoted_name(schema) + " is " +
                       connection.quoted(own_comment));
  } else if (!is_claimed(connection, schema)) {
    throw_error<ErrorCode::migration>("schema \"" + schema +
                                      "\" is where tables of a replay belong, and somebody else has made it: rename it");
  }
}

std::vector<std::string> tables_in(postgres::Connection& connection, const std::string& schema) {
  return first_column(connection.execute(
      "select c.relname from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace"
      " where c.relkind in ('r', 'p') and not c.relispartition and n.nspname = " +
      connection.quoted(schema) + " order by 1"));
}

void drop_archive(postgres::Connection& connection, const std::string& schema) {
  const std::vector<std::string> tables = tables_in(connection, schema);
  if (!tables.empty()) connection.execute("drop table " + list_of(schema, tables) + " restrict");
  connection.execute("drop schema " + quoted_name(schema) + " restrict");
}

}  // namespace seriatim::migrations
