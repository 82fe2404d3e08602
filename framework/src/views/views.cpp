#include "seriatim/views.hpp"

#include <algorithm>
#include <string>

#include "seriatim/errors.hpp"
#include "seriatim/view_versions.hpp"
#include "views/persistor.hpp"

namespace seriatim {
namespace {

/// Sets `column_name` to `value` unless the record lacks it, has it of another type, or the projector sets it itself.
template <class T>
void maintain(const RecordType& type, Assignments& assignments, std::string_view column_name,
              const T& value) {
  const auto columns = type.columns();
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].name != column_name || columns[i].type->kind != attributes::type_of<T>.kind) continue;
    const bool set = std::any_of(assignments.begin(), assignments.end(),
                                 [&](const Assignment& assignment) { return assignment.column == i; });
    if (!set) assignments.push_back({i, Assignment::Operation::set, attributes::Value::of(value)});
  }
}

}  // namespace

void Views::require_managed(const RecordType& type) const {
  const auto same_table = [&](const RecordType* managed) { return managed == &type || managed->table == type.table; };
  if (std::any_of(managed_.begin(), managed_.end(), same_table)) return;
  throw_error<ErrorCode::not_managed>("projector " + std::string{projector_} + " does not manage table " +
                                      std::string{type.table} + ": add its record to the projector's `Manages`");
}

void Views::create(const RecordType& type, const void* record) {
  require_managed(type);
  persistor_.create(type, record);
}

void Views::create_or_update(const RecordType& type, const void* record, std::span<const std::size_t> key,
                             const Assignments& assignments) {
  require_managed(type);
  persistor_.create_or_update(type, record, key, assignments);
}

void Views::update(const RecordType& type, std::span<const Predicate> predicates, Assignments assignments,
                   bool must_exist) {
  require_managed(type);
  if (must_exist) {
    maintain(type, assignments, "updated_at", event_.created_at);
    maintain(type, assignments, "sequence_number", event_.sequence_number);
    if (assignments.empty()) return require_row(type, predicates);
  }
  persistor_.update(type, predicates, assignments, must_exist);
}

void Views::update_each(const RecordType& type, std::span<const Predicate> predicates, const Change& change) {
  require_managed(type);
  persistor_.update_each(type, predicates, change);
}

void Views::select(const RecordType& type, const views::Selection& selection, const Visit& visit) {
  require_managed(type);
  persistor_.select(type, selection, visit);
}

void Views::erase(const RecordType& type, std::span<const Predicate> predicates) {
  require_managed(type);
  persistor_.erase(type, predicates);
}

/// There is no UPDATE without SET, and still a row that must exist.
void Views::require_row(const RecordType& type, std::span<const Predicate> predicates) {
  bool found = false;
  persistor_.select(type, {predicates, {}, 1}, [&](const void*) { found = true; });
  if (!found) fail_not_found(type);
}

void Views::execute_sql(const std::string& sql, const std::vector<std::optional<std::string>>& parameters) {
  persistor_.execute_sql(sql, parameters);
}

void Views::fail_not_found(const RecordType& type) const {
  throw_error<ErrorCode::record_not_found>("table " + std::string{type.table} +
                                           " has no row that matches the condition of projector " +
                                           std::string{projector_});
}

ViewVersions& ViewVersions::version(int number, std::vector<ViewChange> changes) {
  if (number <= latest()) {
    throw_error<ErrorCode::configuration>("view version " + std::to_string(number) + " follows version " +
                                          std::to_string(latest()) + ": versions start at 1 and rise");
  }
  versions_.emplace(number, std::move(changes));
  return *this;
}

}  // namespace seriatim
