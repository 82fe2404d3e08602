#pragma once
// What the program prints: results on standard output, as JSON for machines or as text for people; the rest on standard
// error.

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "seriatim/uuid.hpp"

namespace seriatim::cli {

using JsonWriter = rapidjson::Writer<rapidjson::StringBuffer>;

void write_text(JsonWriter& json, std::string_view text);

/// A member of the object that is being written.
void put(JsonWriter& json, std::string_view key, std::string_view value);
void put(JsonWriter& json, std::string_view key, const char* value);
void put(JsonWriter& json, std::string_view key, const Uuid& value);
void put(JsonWriter& json, std::string_view key, std::int64_t value);
void put(JsonWriter& json, std::string_view key, int value);
void put(JsonWriter& json, std::string_view key, double value);
void put(JsonWriter& json, std::string_view key, bool value);
void put(JsonWriter& json, std::string_view key, const std::vector<std::string>& values);
/// A value that is JSON already.
void put_json(JsonWriter& json, std::string_view key, std::string_view value);

/// The object whose members `fill(json)` writes, on one line.
template <class Fill>
[[nodiscard]] std::string json_object(const Fill& fill) {
  rapidjson::StringBuffer buffer;
  JsonWriter json{buffer};
  json.StartObject();
  fill(json);
  json.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

/// JSON spread over lines for people.
[[nodiscard]] std::string indented(const std::string& json);

/// A line of standard output. Throws std::system_error when it cannot be written.
void print_line(std::string_view text);
/// Hands everything that was printed to the operating system.
void flush_output();

/// Text on standard error, as it is. Nothing that is done depends on whether somebody can read it, so what cannot be
/// written is left out.
void say(std::string_view text) noexcept;

/// The text with control characters made visible and shortened to about a thousand bytes: input that is echoed must
/// neither break the line that it stands on nor talk to the terminal.
[[nodiscard]] std::string one_line(std::string_view text);

/// "12,345".
[[nodiscard]] std::string with_commas(std::int64_t number);

/// Rows of text with aligned columns; the first row is the heading.
void print_table(const std::vector<std::vector<std::string>>& rows);

/// "name   value" lines, aligned.
void print_fields(const std::vector<std::pair<std::string, std::string>>& fields);

}  // namespace seriatim::cli
