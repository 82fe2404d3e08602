#include "views/locality.hpp"

#include <algorithm>

#include "views/row_values.hpp"

namespace seriatim::views {
namespace {

/// The bit of "rows are only added"; those of the columns follow.
constexpr LocalityBits only_added = 1;

bool same(const Uuid* a, const Uuid* b) {
  return a != nullptr && b != nullptr && *a == *b;
}

bool contains(std::span<const std::size_t> columns, std::size_t column) {
  return std::find(columns.begin(), columns.end(), column) != columns.end();
}

}  // namespace

bool Locality::Candidate::holds(const void* record, const Uuid* current) const {
  return same(uuid_of(*member->type, member->address(record)), current);
}

bool Locality::Candidate::equals(const attributes::Value& value, const Uuid* current) const {
  return same(uuid_of(value.type(), value.get()), current);
}

std::atomic<LocalityBits>& SharedLocality::of(std::string_view table) {
  const std::scoped_lock lock{mutex_};
  return tables_.try_emplace(table, ~LocalityBits{0}).first->second;
}

Locality::Locality(const RecordType& type, SharedLocality* shared)
    : mine_{only_added}, shared_{shared == nullptr ? nullptr : &shared->of(type.table)} {
  const auto is_uuid = [](const attributes::Type& t) { return t.kind == attributes::Kind::uuid; };
  LocalityBits bit = only_added;
  for (std::size_t i = 0; i < type.columns().size(); ++i) {
    const attributes::Member& member = type.columns()[i];
    const bool optional = member.type->kind == attributes::Kind::optional;
    if (!is_uuid(optional ? *member.type->element : *member.type)) continue;
    bit <<= 1U;
    if (bit == 0) break;  // Columns beyond the 63rd cannot be counted, which is on the safe side.
    candidates_.push_back({i, &member, bit});
    mine_ |= bit;
  }
  left_ = mine_;
}

template <class Lost>
void Locality::strike(bool only_adds, const Lost& lost) {
  LocalityBits mine = only_adds ? mine_ : mine_ & ~only_added;
  for (const Candidate& candidate : candidates_) {
    if ((mine & candidate.bit) != 0 && lost(candidate)) mine &= ~candidate.bit;
  }
  if (mine == mine_) return;
  mine_ = mine;
  // Whoever shrinks the common set last sees that nothing is left, so somebody does.
  left_ = shared_ == nullptr ? mine : shared_->fetch_and(mine) & mine;
}

void Locality::row(const void* record, const Uuid* current, Change change) {
  strike(change == Change::added, [&](const Candidate& c) { return !c.holds(record, current); });
}

void Locality::condition(std::span<const Predicate> predicates, const Uuid* current) {
  strike(false, [&](const Candidate& c) {
    return std::none_of(predicates.begin(), predicates.end(), [&](const Predicate& predicate) {
      return predicate.column == c.column && predicate.any_of.size() == 1 &&
             c.equals(predicate.any_of.front(), current);
    });
  });
}

void Locality::upsert(const void* record, std::span<const std::size_t> key, const Uuid* current) {
  strike(false, [&](const Candidate& c) { return !contains(key, c.column) || !c.holds(record, current); });
}

void Locality::assignments(std::span<const Assignment> assignments, const Uuid* current) {
  strike(false, [&](const Candidate& c) {
    return std::any_of(assignments.begin(), assignments.end(), [&](const Assignment& assignment) {
      return assignment.column == c.column && !c.equals(assignment.value, current);
    });
  });
}

std::vector<std::size_t> Locality::columns() const {
  std::vector<std::size_t> columns;
  for (const Candidate& candidate : candidates_) {
    if ((left_ & candidate.bit) != 0) columns.push_back(candidate.column);
  }
  return columns;
}

}  // namespace seriatim::views
