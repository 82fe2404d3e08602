#include "seriatim/testing/row_expectations.hpp"

#include <algorithm>

#include "comparison.hpp"

namespace seriatim::testing::detail {
namespace {

using Rows = std::vector<attributes::Value>;

std::size_t equal_columns(const RecordType& type, const attributes::Value& a, const attributes::Value& b) {
  const auto columns = type.columns();
  return static_cast<std::size_t>(std::count_if(columns.begin(), columns.end(), [&](const attributes::Member& column) {
    return attributes::equal(*column.type, column.address(a.get()), column.address(b.get()));
  }));
}

/// Takes the row of `rows` that has the most columns in common with `wanted`, `least` at the least.
std::optional<attributes::Value> take_like(const RecordType& type, Rows& rows, const attributes::Value& wanted,
                                           std::size_t least) {
  auto best = rows.end();
  std::size_t most = least == 0 ? 0 : least - 1;
  for (auto row = rows.begin(); row != rows.end(); ++row) {
    const std::size_t common = equal_columns(type, wanted, *row);
    if (common > most) {
      most = common;
      best = row;
    }
  }
  if (best == rows.end()) return std::nullopt;
  attributes::Value taken = std::move(*best);
  rows.erase(best);
  return taken;
}

Sheet sheet(const RecordType& type, const attributes::Value& row) {
  return sheet_of("row of " + std::string{type.table}, *type.attributes, row.get());
}

/// Equal rows first, so that none is taken away by one that is merely like it.
std::vector<SheetPair> pair_up(const RecordType& type, const Rows& expected, Rows actual) {
  std::vector<SheetPair> pairs;
  Rows unmatched;
  for (const attributes::Value& row : expected) {
    if (!take_like(type, actual, row, type.columns().size())) unmatched.push_back(row);
  }
  for (const attributes::Value& row : unmatched) {
    SheetPair& pair = pairs.emplace_back(SheetPair{sheet(type, row), {}, false});
    if (const auto like = take_like(type, actual, row, 0)) pair.actual = sheet(type, *like);
  }
  for (const attributes::Value& row : actual) pairs.push_back({{}, sheet(type, row), false});
  return pairs;
}

}  // namespace

void expect_rows(World& world, const RecordType& type, std::span<const Predicate> predicates, const Rows& expected,
                 const Location& location) {
  Rows actual;
  world.visit_rows(type, predicates,
                   [&](const void* record) { actual.emplace_back(*type.attributes, record); });
  const std::size_t there = actual.size();
  const std::vector<SheetPair> pairs = pair_up(type, expected, std::move(actual));
  if (pairs.empty()) return;
  report(Failure{"then: the rows of " + std::string{type.table} + " are others than expected; " +
                     std::to_string(expected.size()) + " expected, " + std::to_string(there) +
                     " there. Those that differ:\n" + side_by_side(pairs, wants_colours()),
                 location});
}

}  // namespace seriatim::testing::detail
