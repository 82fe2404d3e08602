#include "generate/templates.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <vector>

#include "seriatim/errors.hpp"

namespace seriatim::cli::generate {
namespace {

constexpr std::size_t columns = 120;

bool is_name_character(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }

const std::string& value_of(const Values& values, std::string_view name) {
  const auto found = values.find(name);
  if (found == values.end()) throw_error<ErrorCode::usage>("a template uses @" + std::string{name} + "@, which has no value");
  return found->second;
}

/// The name between two @ at that place; nothing when there is none.
std::optional<std::string_view> placeholder_at(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  while (end < text.size() && is_name_character(text[end])) ++end;
  if (text[at] != '@' || end == at + 1 || end == text.size() || text[end] != '@') return std::nullopt;
  return text.substr(at + 1, end - at - 1);
}

std::string filled_in(std::string_view line, const Values& values) {
  std::string out;
  for (std::size_t at = 0; at < line.size();) {
    const auto name = placeholder_at(line, at);
    if (name) out += value_of(values, *name);
    if (!name) out += line[at];
    at += name ? name->size() + 2 : 1;
  }
  return out;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

/// Notes which brackets a part of a line leaves open: the columns behind them.
void follow_brackets(std::vector<std::size_t>& open, std::string_view part) {
  for (std::size_t i = 0; i < part.size(); ++i) {
    if (std::string_view{"(<{"}.find(part[i]) != std::string_view::npos) open.push_back(i + 1);
    if (std::string_view{")>}"}.find(part[i]) != std::string_view::npos && !open.empty()) open.pop_back();
  }
}

/// What continues a line begins behind the innermost bracket that is still open.
void append_broken(std::string& out, std::string line) {
  std::vector<std::size_t> open;
  while (line.size() > columns && line.find("//") == std::string::npos) {
    std::size_t comma = line.rfind(", ", columns - 1);
    if (comma == std::string::npos) comma = line.find(", ", columns);
    if (comma == std::string::npos) break;
    const std::string head = line.substr(0, comma + 1);
    follow_brackets(open, head);
    const std::size_t column = open.empty() ? line.find_first_not_of(' ') + 4 : open.back();
    const std::string rest = std::string(column, ' ') + line.substr(comma + 2);
    if (rest.size() >= line.size()) break;
    out += head + '\n';
    line = rest;
  }
  out += line + '\n';
}

/// What a line that is nothing but one placeholder becomes; nothing for any other line.
std::optional<std::vector<std::string>> whole_lines(std::string_view line, const Values& values) {
  const std::size_t indentation = std::min(line.find_first_not_of(' '), line.size());
  if (indentation == line.size()) return std::nullopt;
  const auto name = placeholder_at(line, indentation);
  if (!name || indentation + name->size() + 2 != line.size()) return std::nullopt;
  std::vector<std::string> lines = lines_of(value_of(values, *name));
  for (std::string& each : lines) {
    if (!each.empty()) each.insert(0, indentation, ' ');
  }
  return lines;
}

}  // namespace

std::string_view template_text(std::string_view path) {
  for (const Template& each : templates()) {
    if (each.path == path) return each.text;
  }
  throw_error<ErrorCode::usage>("there is no template " + std::string{path});
}

std::string with_broken_lines(std::string_view text) {
  std::string out;
  for (const std::string& line : lines_of(text)) append_broken(out, line);
  return out;
}

std::string rendered(std::string_view text, const Values& values) {
  std::string out;
  for (const std::string& line : lines_of(text)) {
    const auto lines = whole_lines(line, values);
    // What is left out takes the blank line before it along.
    if (lines && lines->empty() && out.ends_with("\n\n")) out.pop_back();
    for (const std::string& each : lines ? *lines : std::vector{filled_in(line, values)}) append_broken(out, each);
  }
  return out;
}

}  // namespace seriatim::cli::generate
