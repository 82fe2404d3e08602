#include "migrations/blockers.hpp"

namespace seriatim::migrations {
namespace {

std::string session_text(const pqxx::result& rows) {
  if (rows.empty()) return "";
  const auto& row = rows[0];
  if (row[0].is_null()) return row[1].c_str();
  std::string text = std::string{"the session with pid "} + row[0].c_str() + " (" + row[1].c_str();
  if (!row[2].is_null()) text += std::string{", "} + row[2].c_str() + " since " + row[3].c_str();
  if (!row[4].is_null()) text += std::string{", last query: "} + row[4].c_str();
  return text + ")";
}

}  // namespace

std::string lock_holder(postgres::Connection& connection, const postgres::SchemaNames& names,
                        const std::vector<TableName>& tables) {
  std::vector<std::string> quoted;
  for (const auto& [schema, table] : tables) quoted.push_back(postgres::quoted_name(schema, table));
  const std::pair<std::string_view, std::string> fill[] = {{"{tables}", text_array(connection, quoted)}};
  return session_text(connection.execute(postgres::statement("lock_holder", names, fill)));
}

std::string horizon_holder(postgres::Connection& connection, const postgres::SchemaNames& names) {
  return session_text(connection.execute(postgres::statement("horizon_holder", names)));
}

}  // namespace seriatim::migrations
