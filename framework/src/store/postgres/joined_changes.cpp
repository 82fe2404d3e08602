#include "store/postgres/joined_changes.hpp"

#include <algorithm>

#include "seriatim/decimal.hpp"
#include "seriatim/errors.hpp"
#include "store/postgres/literals.hpp"
#include "views/row_values.hpp"

namespace seriatim::postgres {
namespace {

using attributes::Kind;
using Operation = Assignment::Operation;

template <class T>
const T& as(const attributes::Value& value) {
  return *static_cast<const T*>(value.get());
}

bool is_same_type(std::string_view expected, std::string_view stored) {
  return expected == stored || (expected == "timestamptz" && stored == "timestamp with time zone");
}

/// Values that a column without limits cannot refuse. It could refuse texts, for one.
bool is_always_accepted(const attributes::Value& value) {
  switch (value.type().kind) {
    case Kind::int32:
    case Kind::int64:
    case Kind::decimal:
    case Kind::boolean:
    case Kind::uuid: return true;
    case Kind::timestamp: return as<Timestamp>(value) >= Timestamp{};  // There are moments too long ago.
    default: return false;
  }
}

/// -1, 0 or 1, of what is added to the row; nothing for values whose sums are not exact.
std::optional<int> direction(const Assignment& assignment) {
  const int sign = assignment.operation == Operation::increase ? 1 : -1;
  const auto of = [&](auto number) { return sign * ((number > 0) - (number < 0)); };
  switch (assignment.value.type().kind) {
    case Kind::int32: return of(as<std::int32_t>(assignment.value));
    case Kind::int64: return of(as<std::int64_t>(assignment.value));
    case Kind::decimal: return sign * as<Decimal>(assignment.value).sign();
    default: return std::nullopt;
  }
}

/// Numeric results print the larger number of digits behind the point.
bool has_scale_of(const attributes::Value& sum, const attributes::Value& a, const attributes::Value& b) {
  if (sum.type().kind != Kind::decimal) return true;
  return as<Decimal>(sum).scale() == std::max(as<Decimal>(a).scale(), as<Decimal>(b).scale());
}

}  // namespace

JoinableColumns::JoinableColumns(const RecordType& type, const pqxx::result& rows)
    : type_{type}, columns_(type.columns().size()) {
  for (const auto& row : rows) {
    const auto found = std::find_if(type.columns().begin(), type.columns().end(),
                                    [&](const attributes::Member& member) { return member.name == row[0].c_str(); });
    if (found == type.columns().end()) continue;
    Column& column = columns_[static_cast<std::size_t>(found - type.columns().begin())];
    const bool limited = row[2].as<bool>();
    const bool same = is_same_type(sql_type(*found->type), row[1].c_str());
    column.plain = true;
    column.exact = same && !limited;
    if (same && limited && sql_type(*found->type) == "numeric") column.scale = row[3].as<int>();
  }
}

std::optional<std::vector<Assignment>> JoinableColumns::join(std::vector<Assignment> first,
                                                             std::span<const Assignment> second) const {
  const auto plain = [&](const Assignment& assignment) { return columns_[assignment.column].plain; };
  if (!std::all_of(first.begin(), first.end(), plain)) return std::nullopt;
  if (!std::all_of(second.begin(), second.end(), plain)) return std::nullopt;
  for (const Assignment& assignment : second) {
    const auto same = std::find_if(first.begin(), first.end(),
                                   [&](const Assignment& other) { return other.column == assignment.column; });
    if (same == first.end()) {
      first.push_back(assignment);
    } else if (!overwrites(*same, assignment) && !adds(*same, assignment)) {
      return std::nullopt;
    }
  }
  return first;
}

bool JoinableColumns::overwrites(Assignment& first, const Assignment& second) const {
  if (first.operation != Operation::set || second.operation != Operation::set) return false;
  if (!columns_[first.column].exact || !is_always_accepted(first.value)) return false;
  first.value = second.value;
  return true;
}

/// In one direction: a row that could not take a value in between can take the last one still less.
bool JoinableColumns::adds(Assignment& first, const Assignment& second) const {
  if (first.operation == Operation::set || second.operation == Operation::set) return false;
  if (!is_kept_exactly(first.column, first.value) || !is_kept_exactly(second.column, second.value)) return false;
  const std::optional<int> one = direction(first);
  const std::optional<int> other = direction(second);
  if (!one || !other || *one * *other < 0) return false;
  Assignment both = second;
  both.operation = first.operation == second.operation ? Operation::increase : Operation::decrease;
  attributes::Value sum = first.value;
  try {
    views::apply(type_, both, sum.get());
  } catch (const Error&) {
    return false;  // Too large for one statement; perhaps not for the row.
  }
  if (!has_scale_of(sum, first.value, second.value)) return false;
  first.value = std::move(sum);
  return true;
}

bool JoinableColumns::is_kept_exactly(std::size_t column, const attributes::Value& amount) const {
  if (columns_[column].exact) return true;
  const std::optional<int> scale = columns_[column].scale;
  return scale && amount.type().kind == Kind::decimal && as<Decimal>(amount).trimmed().scale() <= *scale;
}

}  // namespace seriatim::postgres
