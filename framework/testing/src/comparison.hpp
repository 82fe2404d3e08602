#pragma once
// What is expected beside what there is, for people.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "seriatim/attributes.hpp"

namespace seriatim::testing {

/// One thing as it is shown: a headline, and lines of attributes.
struct Sheet {
  std::string head;
  std::vector<std::pair<std::string, std::string>> lines{};  ///< Name and value.
};

/// The attributes of a described value.
[[nodiscard]] Sheet sheet_of(std::string head, const attributes::Type& type, const void* value);

/// Two sheets that stand side by side; one is absent where something is missing or too much.
struct SheetPair {
  std::optional<Sheet> expected;
  std::optional<Sheet> actual;
  bool matches = false;
};

/// How well expected thing i and actual thing j go together: 0 not at all.
using Likeness = std::function<int(std::size_t i, std::size_t j)>;

/// Which go together, kept in order, so that one that is missing does not shift all behind it. Pairs of indexes; an
/// index is absent where there is no counterpart. O(expected * actual).
[[nodiscard]] std::vector<std::pair<std::optional<std::size_t>, std::optional<std::size_t>>> align(
    std::size_t expected, std::size_t actual, const Likeness& likeness);

/// The two columns below their headings; lines that differ are marked with `!`, and red when `colours`.
[[nodiscard]] std::string side_by_side(const std::vector<SheetPair>& pairs, bool colours);

/// Whether colours are wanted: on a terminal that has them, unless NO_COLOR is set to something.
[[nodiscard]] bool wants_colours(bool terminal, const char* no_color, const char* term) noexcept;

/// The same for standard output, where test frameworks report.
[[nodiscard]] bool wants_colours();

}  // namespace seriatim::testing
