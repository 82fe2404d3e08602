#include "views/locality.hpp"

#include <algorithm>

#include "views/row_values.hpp"

namespace seriatim::views {
namespace {

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

Locality::Locality(const RecordType& type) {
  const auto is_uuid = [](const attributes::Type& t) { return t.kind == attributes::Kind::uuid; };
  for (std::size_t i = 0; i < type.columns().size(); ++i) {
    const attributes::Member& member = type.columns()[i];
    const bool optional = member.type->kind == attributes::Kind::optional;
    if (is_uuid(optional ? *member.type->element : *member.type)) candidates_.push_back({i, &member});
  }
}

void Locality::row(const void* record, const Uuid* current) {
  std::erase_if(candidates_, [&](const Candidate& c) { return !c.holds(record, current); });
}

void Locality::condition(std::span<const Predicate> predicates, const Uuid* current) {
  std::erase_if(candidates_, [&](const Candidate& c) {
    return std::none_of(predicates.begin(), predicates.end(), [&](const Predicate& predicate) {
      return predicate.column == c.column && predicate.any_of.size() == 1 &&
             c.equals(predicate.any_of.front(), current);
    });
  });
}

void Locality::upsert(const void* record, std::span<const std::size_t> key, const Uuid* current) {
  std::erase_if(candidates_, [&](const Candidate& c) { return !contains(key, c.column) || !c.holds(record, current); });
}

void Locality::assignments(std::span<const Assignment> assignments, const Uuid* current) {
  std::erase_if(candidates_, [&](const Candidate& c) {
    return std::any_of(assignments.begin(), assignments.end(), [&](const Assignment& assignment) {
      return assignment.column == c.column && !c.equals(assignment.value, current);
    });
  });
}

std::vector<std::size_t> Locality::columns() const {
  std::vector<std::size_t> columns;
  for (const Candidate& candidate : candidates_) columns.push_back(candidate.column);
  return columns;
}

}  // namespace seriatim::views
