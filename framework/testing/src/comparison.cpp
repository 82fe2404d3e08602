#include "comparison.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace seriatim::testing {
namespace {

constexpr const char* red = "\x1b[31m";
constexpr const char* plain = "\x1b[0m";
constexpr std::size_t widest_column = 64;

/// Characters, not bytes: continuation bytes of UTF-8 take no column.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U;
  }));
}

struct Line {
  std::string left;
  std::string right;
  bool differs = false;
};

std::string text_of(const std::pair<std::string, std::string>& attribute) {
  return "  " + attribute.first + (attribute.first.empty() ? "" : ": ") + attribute.second;
}

void add_alone(std::vector<Line>& lines, const Sheet& sheet, bool expected) {
  const auto add = [&](const std::string& text, const std::string& other) {
    lines.push_back(expected ? Line{text, other, true} : Line{other, text, true});
  };
  add(sheet.head, "(nothing)");
  for (const auto& attribute : sheet.lines) add(text_of(attribute), "");
}

void add_both(std::vector<Line>& lines, const SheetPair& pair) {
  const Sheet& left = *pair.expected;
  const Sheet& right = *pair.actual;
  lines.push_back({left.head, right.head, !pair.matches && left.head != right.head});
  for (std::size_t i = 0; i < std::max(left.lines.size(), right.lines.size()); ++i) {
    Line line;
    if (i < left.lines.size()) line.left = text_of(left.lines[i]);
    if (i < right.lines.size()) line.right = text_of(right.lines[i]);
    line.differs = !pair.matches && line.left != line.right;
    lines.push_back(std::move(line));
  }
}

std::vector<Line> lines_of(const std::vector<SheetPair>& pairs) {
  std::vector<Line> lines;
  for (const SheetPair& pair : pairs) {
    if (pair.expected && pair.actual) {
      add_both(lines, pair);
    } else {
      add_alone(lines, pair.expected ? *pair.expected : *pair.actual, pair.expected.has_value());
    }
  }
  return lines;
}

std::string padded(const std::string& text, std::size_t columns) {
  const std::size_t taken = width(text);
  return text + std::string(taken < columns ? columns - taken : 0, ' ');
}

}  // namespace

Sheet sheet_of(std::string head, const attributes::Type& type, const void* value) {
  Sheet sheet{std::move(head)};
  for (const attributes::Member& member : type.members) {
    std::string text;
    attributes::print(text, *member.type, member.address(value));
    sheet.lines.emplace_back(member.name, std::move(text));
  }
  return sheet;
}

std::vector<std::pair<std::optional<std::size_t>, std::optional<std::size_t>>> align(std::size_t expected,
                                                                                     std::size_t actual,
                                                                                     const Likeness& likeness) {
  std::vector<std::vector<int>> best(expected + 1, std::vector<int>(actual + 1, 0));
  for (std::size_t i = expected; i-- > 0;) {
    for (std::size_t j = actual; j-- > 0;) {
      best[i][j] = std::max(best[i + 1][j], best[i][j + 1]);
      if (const int like = likeness(i, j); like > 0) best[i][j] = std::max(best[i][j], like + best[i + 1][j + 1]);
    }
  }
  std::vector<std::pair<std::optional<std::size_t>, std::optional<std::size_t>>> pairs;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < expected || j < actual) {
    const int like = i < expected && j < actual ? likeness(i, j) : 0;
    if (like > 0 && best[i][j] == like + best[i + 1][j + 1]) {
      pairs.emplace_back(i++, j++);
    } else if (j == actual || (i < expected && best[i][j] == best[i + 1][j])) {
      pairs.emplace_back(i++, std::nullopt);
    } else {
      pairs.emplace_back(std::nullopt, j++);
    }
  }
  return pairs;
}

std::string side_by_side(const std::vector<SheetPair>& pairs, bool colours) {
  const std::vector<Line> lines = lines_of(pairs);
  std::size_t columns = width("expected");
  for (const Line& line : lines) columns = std::max(columns, std::min(width(line.left), widest_column));
  std::string out = "    " + padded("expected", columns) + " | actual\n";
  for (const Line& line : lines) {
    std::string text = (line.differs ? "  ! " : "    ") + padded(line.left, columns) + " | " + line.right;
    out += line.differs && colours ? red + text + plain + "\n" : text + "\n";
  }
  return out;
}

bool wants_colours(bool terminal, const char* no_color, const char* term) noexcept {
  if (!terminal || (no_color != nullptr && *no_color != '\0')) return false;
  return term != nullptr && std::string_view{term} != "dumb" && *term != '\0';
}

bool wants_colours() { return wants_colours(::isatty(STDOUT_FILENO) == 1, std::getenv("NO_COLOR"), std::getenv("TERM")); }

}  // namespace seriatim::testing
