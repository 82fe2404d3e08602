#pragma once
// JSON in and out of described structs. Decimals are JSON strings, timestamps ISO 8601 in UTC, enums their names,
// empty optionals null; see docs/stored-formats.md. The library behind it is RapidJSON and does not show here.
//
// Thread-safety: all functions may be called from any thread at once.

#include <cstddef>
#include <string>
#include <string_view>

#include "seriatim/attributes.hpp"
#include "seriatim/errors.hpp"

namespace seriatim {

/// How values are written.
struct JsonFormat {
  int timestamp_digits = 3;     ///< Digits of a second's fraction, 0 to 6.
  bool redact_secrets = false;  ///< Write "(secret)" for every Secret; else a digest, and a clear text is refused.
};

/// How values are read, and what is refused.
struct JsonLimits {
  bool strict = false;                          ///< Refuse attributes that the type does not have.
  bool refuse_nul = false;                      ///< Refuse strings with U+0000, which PostgreSQL cannot store.
  /// The JSON is what somebody entered, perhaps in a form: texts are made numbers, truth values, dates and times where
  /// such are wanted ("02" is 2, blanks around are ignored, a blank one is absent), and a Secret is a clear text. Else
  /// only decimals, dates, times, UUIDs and enums are texts, and a Secret is a digest.
  bool user_input = false;
  bool from_database = false;  ///< A jsonb of PostgreSQL, so valid UTF-8 without a NUL byte: not looked at again.
  std::size_t max_depth = 64;                   ///< Levels of nesting.
  std::size_t max_string_bytes = std::size_t{1} << 30U;  ///< Of one string attribute.
};

/// The errors as one line: "amount is not a number; source is required".
[[nodiscard]] std::string to_string(const AttributeErrors& errors);

namespace attributes {

/// Appends `value` as JSON. Throws Error(serialization) for what JSON or PostgreSQL cannot hold: a NaN, a string
/// that is no UTF-8 or contains U+0000, a date or time outside the years 1 to 9999; for what is nested deeper than
/// JsonLimits allow, because it could not be read again; and for a Secret in clear text.
void write_json(std::string& out, const Type& type, const void* value, const JsonFormat& format = {});

/// The same for an object of which only some members are wanted.
void write_json_members(std::string& out, std::span<const Member> members, const void* object,
                        const JsonFormat& format = {});

/// Reads `json` into an existing object. Attributes that are absent or null keep their value; a null in a list is a
/// default element, or an error in what a user entered. What does not fit is collected in `errors` and left unchanged.
/// Throws Error(deserialization) when the text is no JSON or is nested too deeply.
void read_json(std::string_view json, const Type& type, void* target, const JsonLimits& limits,
               AttributeErrors& errors);

/// Appends the JSON Schema (draft 2020-12) of a type; `title` may be empty.
void write_json_schema(std::string& out, const Type& type, std::string_view title);

}  // namespace attributes

/// The message as a JSON object.
template <attributes::Described T>
[[nodiscard]] std::string to_json(const T& value, const JsonFormat& format = {}) {
  std::string out;
  attributes::write_json(out, attributes::type_of<T>, &value, format);
  return out;
}

/// What JSON of T looks like, as a JSON Schema (draft 2020-12): names, types, ranges, formats. A type that holds lists
/// of itself refers to itself. Validations are code, and not in it.
template <attributes::Described T>
[[nodiscard]] std::string json_schema() {
  std::string out;
  if constexpr (requires { std::string_view{T::type_name}; }) {
    attributes::write_json_schema(out, attributes::type_of<T>, T::type_name);
  } else {
    attributes::write_json_schema(out, attributes::type_of<T>, {});
  }
  return out;
}

/// A message from a JSON object. Absent attributes are default-constructed. Throws Error(deserialization) naming
/// every attribute that does not fit.
template <attributes::Described T>
[[nodiscard]] T from_json(std::string_view json, const JsonLimits& limits = {}) {
  T value{};
  AttributeErrors errors;
  attributes::read_json(json, attributes::type_of<T>, &value, limits, errors);
  if (!errors.empty()) throw Error{ErrorCode::deserialization, "the JSON does not fit the type: " + to_string(errors)};
  return value;
}

}  // namespace seriatim
