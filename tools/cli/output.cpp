#include "output.hpp"

#include <fmt/format.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>

namespace seriatim::cli {
namespace {

constexpr std::size_t longest_echo = 1000;

void write_key(JsonWriter& json, std::string_view key) {
  json.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
}

[[noreturn]] void throw_write_failed() {
  throw std::system_error{errno, std::generic_category(), "cannot write to standard output"};
}

bool continues_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

}  // namespace

void write_text(JsonWriter& json, std::string_view text) {
  json.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

void put(JsonWriter& json, std::string_view key, std::string_view value) {
  write_key(json, key);
  write_text(json, value);
}

void put(JsonWriter& json, std::string_view key, const char* value) {
  put(json, key, std::string_view{value});
}

void put(JsonWriter& json, std::string_view key, const Uuid& value) {
  put(json, key, std::string_view{uuid_text(value)});
}

void put(JsonWriter& json, std::string_view key, std::int64_t value) {
  write_key(json, key);
  json.Int64(value);
}

void put(JsonWriter& json, std::string_view key, int value) {
  put(json, key, std::int64_t{value});
}

void put(JsonWriter& json, std::string_view key, double value) {
  // Written by fmt with a microsecond's digits: the shortest exact form of a measured time is noise.
  put_json(json, key, fmt::format("{:.6f}", value));
}

void put(JsonWriter& json, std::string_view key, bool value) {
  write_key(json, key);
  json.Bool(value);
}

void put(JsonWriter& json, std::string_view key, const std::vector<std::string>& values) {
  write_key(json, key);
  json.StartArray();
  for (const std::string& value : values) write_text(json, value);
  json.EndArray();
}

void put_json(JsonWriter& json, std::string_view key, std::string_view value) {
  write_key(json, key);
  json.RawValue(value.data(), value.size(), rapidjson::kObjectType);
}

std::string indented(const std::string& json) {
  rapidjson::StringBuffer buffer;
  rapidjson::PrettyWriter<rapidjson::StringBuffer> writer{buffer};
  writer.SetIndent(' ', 2);
  rapidjson::StringStream stream{json.c_str()};
  rapidjson::Reader reader;
  // As strings, so that no number changes on its way.
  const auto result = reader.Parse<rapidjson::kParseNumbersAsStringsFlag>(stream, writer);
  return result.IsError() ? json : std::string{buffer.GetString(), buffer.GetSize()};
}

void print_line(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::putchar('\n') == EOF) {
    throw_write_failed();
  }
}

void flush_output() {
  if (std::fflush(stdout) != 0) throw_write_failed();
}

void say(std::string_view text) noexcept {
  std::fwrite(text.data(), 1, text.size(), stderr);
}

std::string one_line(std::string_view text) {
  const bool shortened = text.size() > longest_echo;
  if (shortened) {
    std::size_t end = longest_echo;
    while (end > 0 && continues_character(text[end])) --end;
    text = text.substr(0, end);
  }
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  return shortened ? out + "..." : out;
}

std::string with_commas(std::int64_t number) {
  std::string digits = std::to_string(number);
  const std::size_t first = number < 0 ? 1 : 0;
  for (std::size_t at = digits.size(); at > first + 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

void print_table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    if (row.size() > widths.size()) widths.resize(row.size());
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const bool last = i + 1 == row.size();
      line += last ? row[i] : fmt::format("{:<{}}  ", row[i], widths[i]);
    }
    print_line(line);
  }
}

void print_fields(const std::vector<std::pair<std::string, std::string>>& fields) {
  std::vector<std::vector<std::string>> rows;
  rows.reserve(fields.size());
  for (const auto& [name, value] : fields) rows.push_back({name, value});
  print_table(rows);
}

}  // namespace seriatim::cli
