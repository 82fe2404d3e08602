#pragma once
// Attribute values as SQL literals, and result fields as attribute values.

#include <string>
#include <utility>

#include "seriatim/views.hpp"
#include "store/postgres/connection.hpp"

namespace seriatim::postgres {

/// The SQL type of parameters that carry an attribute ("uuid", "numeric", "jsonb" for lists and objects).
[[nodiscard]] std::string_view sql_type(const attributes::Type& type);

/// Appends the value as a literal: NULL or quoted text. Objects and lists become JSON.
void append_literal(std::string& out, const Connection& connection, const attributes::Type& type, const void* value);
template <class T>
void append_literal(std::string& out, const Connection& connection, const T& value) {
  append_literal(out, connection, attributes::type_of<T>, &value);
}

[[nodiscard]] std::string literal(const Connection& connection, const attributes::Type& type, const void* value);
template <class T>
[[nodiscard]] std::string literal(const Connection& connection, const T& value) {
  return literal(connection, attributes::type_of<T>, &value);
}

/// The text of a value as COPY and literals hold it, without quotes. False when it is NULL.
[[nodiscard]] bool append_value_text(std::string& out, const attributes::Type& type, const void* value);

/// Appends "array[...]::type[]" of what `append` writes for each item.
template <class Items, class Append>
void append_array(std::string& out, const Items& items, const char* type, Append append) {
  out += "array[";
  const char* separator = "";
  for (const auto& item : items) {
    out += std::exchange(separator, ",");
    append(item);
  }
  out.append("]::").append(type).append("[]");
}

/// Reads a field's text into an attribute. Error(deserialization) naming the column when it does not fit.
void read_field(const pqxx::field& field, const attributes::Type& type, void* target, std::string_view column);

/// A comma-separated list of a row's columns, each quoted.
[[nodiscard]] std::string column_list(const RecordType& type);

}  // namespace seriatim::postgres
