#include "views/greatest_rows.hpp"

#include <algorithm>

#include "views/row_values.hpp"

namespace seriatim::views {
namespace {

/// FNV's way of putting hashes together, which minds their order.
std::size_t combined(std::size_t hash, std::uint32_t next) {
  return (hash ^ next) * std::size_t{0x100000001b3};
}

}  // namespace

GreatestRows::GreatestRows(const attributes::Type& record, std::span<const Predicate> predicates, std::size_t by)
    : members_{record.members}, by_{by} {
  for (const Predicate& predicate : predicates) columns_.push_back(predicate.column);
}

bool GreatestRows::is_for(std::span<const Predicate> predicates, std::size_t by) const noexcept {
  return by == by_ && std::equal(columns_.begin(), columns_.end(), predicates.begin(), predicates.end(),
                                 [](std::size_t column, const Predicate& other) { return column == other.column; });
}

bool GreatestRows::depends_on(std::size_t column) const noexcept {
  return column == by_ || std::find(columns_.begin(), columns_.end(), column) != columns_.end();
}

std::size_t GreatestRows::hash(const void* record) const {
  std::size_t hash = 0;
  for (const std::size_t column : columns_) {
    const attributes::Member& member = members_[column];
    hash = combined(hash, hash_of(*member.type, member.address(record)));
  }
  return hash;
}

bool GreatestRows::same_group(const void* a, const void* b) const {
  return std::all_of(columns_.begin(), columns_.end(), [&](std::size_t column) {
    const attributes::Member& member = members_[column];
    return same_value(*member.type, member.address(a), member.address(b));
  });
}

bool GreatestRows::greater(const void* a, const void* b) const {
  const attributes::Member& member = members_[by_];
  return comes_before(*member.type, member.address(b), member.address(a));
}

RowId GreatestRows::find(std::span<const Predicate> predicates) const {
  if (greatest_.empty()) return no_row;
  std::size_t hash = 0;
  for (const Predicate& predicate : predicates) {
    hash = combined(hash, hash_of(*members_[predicate.column].type, predicate.any_of.front().get()));
  }
  const auto found = greatest_.find(hash);
  if (found == greatest_.end()) return no_row;
  const bool same = std::all_of(predicates.begin(), predicates.end(), [&](const Predicate& predicate) {
    const attributes::Member& member = members_[predicate.column];
    return same_value(*member.type, member.address(found->second.record), predicate.any_of.front().get());
  });
  return same ? found->second.row : no_row;
}

bool GreatestRows::holds(RowId row, const void* record) const {
  if (greatest_.empty()) return false;
  const auto found = greatest_.find(hash(record));
  return found != greatest_.end() && found->second.row == row;
}

void GreatestRows::remember(RowId row, const void* record) {
  greatest_.insert_or_assign(hash(record), Greatest{row, record});
}

void GreatestRows::entered(RowId row, const void* record) {
  if (greatest_.empty()) return;
  const auto found = greatest_.find(hash(record));
  if (found == greatest_.end()) return;
  Greatest& greatest = found->second;
  if (same_group(greatest.record, record) && greater(record, greatest.record)) greatest = {row, record};
}

void GreatestRows::greatest_changed(RowId row, const void* before, const void* after) {
  if (same_group(before, after) && !greater(before, after)) return;
  greatest_.erase(hash(before));
  entered(row, after);
}

void GreatestRows::leaving(RowId row, const void* record) {
  if (holds(row, record)) greatest_.erase(hash(record));
}

}  // namespace seriatim::views
