#include "store/postgres/literals.hpp"

#include "attributes/scalar_text.hpp"
#include "seriatim/json.hpp"
#include "store/postgres/sql_statements.hpp"

namespace seriatim::postgres {
namespace {

using attributes::Kind;

constexpr int microseconds = 6;  // A timestamptz column keeps them all.

void read_json_field(std::string_view text, const attributes::Type& type, void* target, std::string_view column) {
  AttributeErrors errors;
  attributes::read_json(text, type, target, {}, errors);
  if (errors.empty()) return;
  throw_error<ErrorCode::deserialization>("column " + std::string{column} + " cannot be read: " + to_string(errors));
}

}  // namespace

std::string_view sql_type(const attributes::Type& type) {
  switch (type.kind) {
    case Kind::string:
    case Kind::secret:
    case Kind::enumeration: return "text";
    case Kind::int32: return "integer";
    case Kind::int64: return "bigint";
    case Kind::floating: return "double precision";
    case Kind::decimal: return "numeric";
    case Kind::boolean: return "boolean";
    case Kind::date: return "date";
    case Kind::timestamp: return "timestamptz";
    case Kind::uuid: return "uuid";
    case Kind::optional: return sql_type(*type.element);
    case Kind::list:
    case Kind::object: return "jsonb";
  }
  return "text";
}

bool append_value_text(std::string& out, const attributes::Type& type, const void* value) {
  if (type.kind == Kind::optional) {
    const void* inner = type.optional_get(value);
    return inner != nullptr && append_value_text(out, *type.element, inner);
  }
  if (type.kind == Kind::list || type.kind == Kind::object) {
    attributes::write_json(out, type, value, {microseconds});
  } else {
    attributes::append_scalar_text(out, type, value, microseconds);
  }
  return true;
}

void append_literal(std::string& out, const Connection& connection, const attributes::Type& type, const void* value) {
  std::string text;
  if (append_value_text(text, type, value)) {
    connection.append_quoted(out, text);
  } else {
    out += "null";
  }
}

std::string literal(const Connection& connection, const attributes::Type& type, const void* value) {
  std::string out;
  append_literal(out, connection, type, value);
  return out;
}

void read_field(const pqxx::field& field, const attributes::Type& type, void* target, std::string_view column) {
  if (field.is_null()) {
    if (type.kind == Kind::optional) type.optional_reset(target);
    return;
  }
  const std::string_view text{field.c_str(), field.size()};
  if (type.kind == Kind::optional) return read_field(field, *type.element, type.optional_emplace(target), column);
  if (type.kind == Kind::list || type.kind == Kind::object) return read_json_field(text, type, target, column);
  if (const char* wrong = attributes::read_scalar_text(text, type, target)) {
    throw_error<ErrorCode::deserialization>("column " + std::string{column} + " holds \"" + std::string{text} +
                                            "\", which is " + wrong);
  }
}

std::string column_list(const RecordType& type) {
  std::string out;
  for (const attributes::Member& column : type.columns()) {
    if (!out.empty()) out += ", ";
    out += quoted_name(column.name);
  }
  return out;
}

}  // namespace seriatim::postgres
