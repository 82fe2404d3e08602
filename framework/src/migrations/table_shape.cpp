#include "migrations/table_shape.hpp"

#include <algorithm>
#include <string_view>

#include "store/postgres/literals.hpp"

namespace seriatim::migrations {
namespace {

using attributes::Kind;

/// The column types that a kind of member is written to and read from without loss, and with the same result by a
/// statement as by COPY. The best one comes first.
std::span<const std::string_view> types_for(Kind kind) {
  static constexpr std::string_view text[] = {"text", "varchar", "bpchar", "citext", "name"};
  static constexpr std::string_view integer[] = {"int4", "int8", "int2", "numeric"};
  static constexpr std::string_view floating[] = {"float8", "float4"};
  static constexpr std::string_view decimal[] = {"numeric"};
  static constexpr std::string_view boolean[] = {"bool"};
  static constexpr std::string_view date[] = {"date"};
  static constexpr std::string_view timestamp[] = {"timestamptz", "timestamp"};
  static constexpr std::string_view uuid[] = {"uuid"};
  static constexpr std::string_view json[] = {"jsonb"};
  switch (kind) {
    case Kind::string:
    case Kind::enumeration:
    case Kind::secret:
      return text;
    case Kind::int32:
    case Kind::int64:
      return integer;
    case Kind::floating:
      return floating;
    case Kind::decimal:
      return decimal;
    case Kind::boolean:
      return boolean;
    case Kind::date:
      return date;
    case Kind::timestamp:
      return timestamp;
    case Kind::uuid:
      return uuid;
    case Kind::optional:
    case Kind::list:
    case Kind::object:
      break;
  }
  return json;
}

/// What to do about a column of another type.
std::string way_out(const attributes::Type& type, const std::string& base) {
  std::string text = ": make the column " + std::string{postgres::sql_type(type)};
  for (const Kind kind : {Kind::string, Kind::int64, Kind::floating, Kind::decimal, Kind::boolean, Kind::date,
                          Kind::timestamp, Kind::uuid}) {
    if (types_for(kind).front() == base) return text.append(", or the member a ").append(to_string(kind));
  }
  return text;
}

std::string misfit(const attributes::Member& member, const std::string& table,
                   const std::vector<ColumnShape>& columns) {
  const std::string name{member.name};
  const auto column = std::find_if(columns.begin(), columns.end(), [&](const auto& c) { return c.name == name; });
  if (column == columns.end()) return "table " + table + " has no column " + name;
  if (column->computed) return "column " + name + " of table " + table + " is generated and cannot be written";
  const Kind kind = member.type->kind == Kind::optional ? member.type->element->kind : member.type->kind;
  const auto types = types_for(kind);
  if (std::find(types.begin(), types.end(), column->base) != types.end()) return {};
  return "column " + name + " of table " + table + " is of type " + column->type + ", and the record has a " +
         std::string{to_string(kind)} + " there" + way_out(*member.type, column->base);
}

}  // namespace

std::string text_array(const postgres::Connection& connection, const std::vector<std::string>& texts) {
  std::string out = "array[";
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i != 0) out += ", ";
    connection.append_quoted(out, texts[i]);
  }
  return out + "]::text[]";
}

TableShapes table_shapes(postgres::Connection& connection, const postgres::SchemaNames& names,
                         std::span<const TableName> tables) {
  std::vector<std::string> schemas;
  std::vector<std::string> relations;
  for (const auto& [schema, table] : tables) {
    schemas.push_back(schema);
    relations.push_back(table);
  }
  const std::pair<std::string_view, std::string> fill[] = {{"{schemas}", text_array(connection, schemas)},
                                                           {"{tables}", text_array(connection, relations)}};
  TableShapes shapes;
  for (const auto& row : connection.execute(postgres::statement("table_columns", names, fill))) {
    shapes[{row[0].c_str(), row[1].c_str()}].push_back(
        {row[2].c_str(), row[3].c_str(), row[4].c_str(), row[5].as<bool>(), row[6].as<bool>()});
  }
  return shapes;
}

std::vector<std::string> misfits(const RecordType& record, const TableName& table, const TableShapes& shapes) {
  const std::string name = table.first + "." + table.second;
  const auto shape = shapes.find(table);
  if (shape == shapes.end()) return {"table " + name + " is missing"};
  std::vector<std::string> found;
  for (const attributes::Member& member : record.columns()) {
    std::string text = misfit(member, name, shape->second);
    if (!text.empty()) found.push_back(std::move(text));
  }
  for (const ColumnShape& column : shape->second) {
    const bool written = std::any_of(record.columns().begin(), record.columns().end(),
                                     [&](const attributes::Member& member) { return member.name == column.name; });
    if (!column.required || written) continue;
    found.push_back("column " + column.name + " of table " + name +
                    " is not null and has no default, and the record does not name it");
  }
  return found;
}

}  // namespace seriatim::migrations
