#include "store/postgres/batching_persistor.hpp"

#include <algorithm>
#include <utility>

#include "store/postgres/sql_statements.hpp"
#include "views/row_values.hpp"

namespace seriatim::postgres {
namespace {

using attributes::Kind;

/// Changes of one row, from which on it pays to ask what the table lets be joined, which costs a round trip.
constexpr std::size_t many_changes = 8;

bool is_uuid(const RecordType& type, std::size_t column) { return type.columns()[column].type->kind == Kind::uuid; }

const Uuid& uuid_at(const RecordType& type, std::size_t column, const void* record) {
  return *static_cast<const Uuid*>(type.columns()[column].address(record));
}

bool is_single(const Predicate& predicate) {
  return predicate.any_of.size() == 1 &&
         !views::is_null(predicate.any_of.front().type(), predicate.any_of.front().get());
}

bool assigns(std::span<const Assignment> assignments, std::size_t column) {
  return std::any_of(assignments.begin(), assignments.end(),
                     [&](const Assignment& assignment) { return assignment.column == column; });
}

bool same_rows(std::span<const Predicate> a, std::span<const Predicate> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Predicate& x, const Predicate& y) {
    return x.column == y.column && views::same_value(x.any_of.front().type(), x.any_of.front().get(), y.any_of.front().get());
  });
}

const Predicate* of_column(std::span<const Predicate> predicates, std::size_t column) {
  const auto found = std::find_if(predicates.begin(), predicates.end(), [&](const Predicate& predicate) {
    return predicate.column == column && is_single(predicate);
  });
  return found == predicates.end() ? nullptr : &*found;
}

}  // namespace

BatchingPersistor::Table* BatchingPersistor::find(const RecordType& type) {
  const auto found = std::find_if(tables_.begin(), tables_.end(),
                                  [&](const Table& table) { return table.type->table == type.table; });
  return found == tables_.end() ? nullptr : &*found;
}

std::string BatchingPersistor::table_name(const RecordType& type) const {
  return quoted_name(schema_, std::string{type.table});
}

/// The column by which an operation with these conditions can be told from others.
std::optional<std::size_t> BatchingPersistor::column_of(const RecordType& type, std::span<const Predicate> predicates) {
  if (!std::all_of(predicates.begin(), predicates.end(), is_single)) return std::nullopt;
  if (const Table* table = find(type); table != nullptr && !table->operations.empty()) {
    if (of_column(predicates, table->column) != nullptr) return table->column;
    return std::nullopt;
  }
  for (const Predicate& predicate : predicates) {
    if (is_uuid(type, predicate.column)) return predicate.column;
  }
  return std::nullopt;
}

/// False when the operation is none to be collected; what was collected for the table has been carried out then.
bool BatchingPersistor::collect(const RecordType& type, std::optional<std::size_t> column, const Uuid* value,
                                Operation operation) {
  if (!column || value == nullptr || assigns(operation.assignments, *column)) {
    flush(type);
    return false;
  }
  Table* table = find(type);
  if (table == nullptr) table = &tables_.emplace_back(Table{&type, *column});
  if (table->operations.empty()) {
    table->column = *column;
  } else if (table->column != *column) {
    flush(*table);
    table->column = *column;
  }
  operation.origin = origin_;
  table->operations[*value].push_back(std::move(operation));
  return true;
}

void BatchingPersistor::create(const RecordType& type, const void* record) {
  std::optional<std::size_t> column;
  if (const Table* table = find(type); table != nullptr && !table->operations.empty()) {
    column = table->column;
  } else {
    for (std::size_t i = 0; i < type.columns().size() && !column; ++i) {
      if (is_uuid(type, i)) column = i;
    }
  }
  const Uuid* value = column ? &uuid_at(type, *column, record) : nullptr;
  if (collect(type, column, value, {Kind::create, attributes::Value{*type.attributes, record}})) return;
  live_.attribute_to(origin_);
  live_.create(type, record);
}

void BatchingPersistor::create_or_update(const RecordType& type, const void* record, std::span<const std::size_t> key,
                                         std::span<const Assignment> assignments) {
  const auto uuid = std::find_if(key.begin(), key.end(), [&](std::size_t column) { return is_uuid(type, column); });
  std::optional<std::size_t> column;
  if (uuid != key.end()) column = *uuid;
  // Two operations of one statement must not meet: with another column than the table's, nobody could tell.
  if (const Table* table = find(type); table != nullptr && !table->operations.empty() &&
                                       std::find(key.begin(), key.end(), table->column) != key.end()) {
    column = table->column;
  }
  const Uuid* value = column ? &uuid_at(type, *column, record) : nullptr;
  if (collect(type, column, value,
              {Kind::upsert, attributes::Value{*type.attributes, record}, {key.begin(), key.end()}, {},
               {assignments.begin(), assignments.end()}})) {
    return;
  }
  live_.attribute_to(origin_);
  live_.create_or_update(type, record, key, assignments);
}

void BatchingPersistor::update(const RecordType& type, std::span<const Predicate> predicates,
                               std::span<const Assignment> assignments, bool must_exist) {
  if (assignments.empty()) return;
  const std::optional<std::size_t> column = column_of(type, predicates);
  const Uuid* value = column ? static_cast<const Uuid*>(of_column(predicates, *column)->any_of.front().get()) : nullptr;
  if (collect(type, column, value,
              {Kind::update, {}, {}, {predicates.begin(), predicates.end()}, {assignments.begin(), assignments.end()},
               must_exist})) {
    return;
  }
  live_.attribute_to(origin_);
  live_.update(type, predicates, assignments, must_exist);
}

void BatchingPersistor::erase(const RecordType& type, std::span<const Predicate> predicates) {
  const std::optional<std::size_t> column = column_of(type, predicates);
  const Uuid* value = column ? static_cast<const Uuid*>(of_column(predicates, *column)->any_of.front().get()) : nullptr;
  if (collect(type, column, value, {Kind::erase, {}, {}, {predicates.begin(), predicates.end()}})) return;
  live_.attribute_to(origin_);
  live_.erase(type, predicates);
}

void BatchingPersistor::update_each(const RecordType& type, std::span<const Predicate> predicates, const Change& change) {
  flush(type);
  live_.attribute_to(origin_);
  live_.update_each(type, predicates, change);
}

void BatchingPersistor::select(const RecordType& type, const views::Selection& selection, const Visit& visit) {
  flush(type);
  live_.attribute_to(origin_);
  live_.select(type, selection, visit);
}

void BatchingPersistor::execute_sql(const std::string& sql, const std::vector<std::optional<std::string>>& parameters) {
  flush();
  live_.attribute_to(origin_);
  live_.execute_sql(sql, parameters);
}

void BatchingPersistor::flush() {
  for (Table& table : tables_) flush(table);
}

void BatchingPersistor::flush(const RecordType& type) {
  if (Table* table = find(type)) flush(*table);
}

void BatchingPersistor::flush(Table& table) {
  std::map<Uuid, std::vector<Operation>> operations = std::exchange(table.operations, {});
  join_changes(table, operations);
  std::map<Uuid, std::size_t> next;
  for (bool any = true; any;) {
    any = false;
    std::map<std::string, Group> groups;
    for (auto& [value, own] : operations) {
      std::size_t& place = next[value];
      // Rows that are added in a row do not meet either.
      do {
        if (place == own.size()) break;
        any = true;
        groups[shape_of(*table.type, own[place])].push_back(&own[place]);
        ++place;
      } while (own[place - 1].kind == Kind::create && place < own.size() && own[place].kind == Kind::create);
    }
    for (const auto& [shape, group] : groups) carry_out(*table.type, group);
  }
}

void BatchingPersistor::join_changes(Table& table, std::map<Uuid, std::vector<Operation>>& operations) {
  const bool many = std::any_of(operations.begin(), operations.end(),
                                [](const auto& own) { return own.second.size() >= many_changes; });
  if (!many) return;
  if (!table.joinable) table.joinable.emplace(joinable_columns(*table.type));
  for (auto& [value, own] : operations) {
    std::vector<Operation> joined;
    for (Operation& operation : own) {
      if (joined.empty() || !join(*table.joinable, joined.back(), operation)) joined.push_back(std::move(operation));
    }
    own = std::move(joined);
  }
}

/// The lock is the one that changes will take anyway; the table stays as it is from now on.
JoinableColumns BatchingPersistor::joinable_columns(const RecordType& type) {
  const std::string name = table_name(type);
  std::string sql = "lock table " + name + " in row exclusive mode; execute seriatim_plain_columns(";
  batch_.connection().append_quoted(sql, name);
  return JoinableColumns{type, batch_.query(sql + ")")};
}

/// False when they stay two: `first` is as it was then.
bool BatchingPersistor::join(const JoinableColumns& columns, Operation& first, const Operation& second) {
  if (first.kind != Kind::update || second.kind != Kind::update) return false;
  if (!same_rows(first.predicates, second.predicates)) return false;
  const bool moves_rows = std::any_of(first.predicates.begin(), first.predicates.end(), [&](const Predicate& predicate) {
    return assigns(first.assignments, predicate.column) || assigns(second.assignments, predicate.column);
  });
  if (moves_rows) return false;
  auto assignments = columns.join(first.assignments, second.assignments);
  if (!assignments) return false;
  first.assignments = *std::move(assignments);
  first.must_exist = first.must_exist || second.must_exist;
  return true;
}

void BatchingPersistor::carry_out(const RecordType& type, const Group& group) {
  if (group.size() == 1) return carry_out_live(type, *group.front());
  switch (group.front()->kind) {
    case Kind::create:
    case Kind::upsert: return insert_all(type, group);
    case Kind::update: return update_all(type, group);
    case Kind::erase: return erase_all(type, group);
  }
}

void BatchingPersistor::carry_out_live(const RecordType& type, const Operation& operation) {
  live_.attribute_to(operation.origin);
  switch (operation.kind) {
    case Kind::create: return live_.create(type, operation.record.get());
    case Kind::upsert:
      return live_.create_or_update(type, operation.record.get(), operation.key, operation.assignments);
    case Kind::update: return live_.update(type, operation.predicates, operation.assignments, operation.must_exist);
    case Kind::erase: return live_.erase(type, operation.predicates);
  }
}

}  // namespace seriatim::postgres
