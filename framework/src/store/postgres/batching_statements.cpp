// The statements of the batching persistor.

#include <algorithm>
#include <set>
#include <utility>

#include "store/postgres/array_text.hpp"
#include "store/postgres/batching_persistor.hpp"
#include "store/postgres/literals.hpp"
#include "store/postgres/sql_statements.hpp"
#include "views/row_values.hpp"

namespace seriatim::postgres {
namespace {

using attributes::Kind;

/// A statement over arrays, of which the i-th elements belong to one operation.
class SetStatement {
 public:
  /// Adds a column of values; returns the name that it has in the statement.
  std::string add(std::string_view type) {
    types_.emplace_back(type);
    arrays_.emplace_back();
    return name(types_.size() - 1);
  }
  /// Adds one value for all operations; returns what it is in the statement.
  std::string add_constant(const attributes::Type& type, const void* value) {
    (void)add(sql_type(type));
    this->value(types_.size() - 1, type, value);
    constants_.insert(types_.size() - 1);
    return "($" + std::to_string(types_.size()) + ")[1]";
  }
  void value(std::size_t column, const attributes::Type& type, const void* value) {
    text_.clear();
    if (append_value_text(text_, type, value)) {
      arrays_[column].add_text(text_);
    } else {
      arrays_[column].add_null();
    }
  }
  /// "unnest($1, $2) as u (c0, c1)"
  [[nodiscard]] std::string rows() const {
    std::string parameters;
    std::string names;
    for (std::size_t i = 0; i < types_.size(); ++i) {
      if (constants_.count(i) != 0) continue;
      parameters.append(i == 0 ? "$" : ", $").append(std::to_string(i + 1));
      names.append(i == 0 ? "c" : ", c").append(std::to_string(i));
    }
    return "unnest(" + parameters + ") as u (" + names + ")";
  }
  void add_to(Batch& batch, const std::string& sql, const Origin& origin) const {
    std::string call = "execute " + batch.prepare(sql, [&] {
      std::string list;
      for (const std::string& type : types_) list.append(list.empty() ? "(" : ", ").append(type).append("[]");
      return list + ") as " + sql;
    });
    const char* separator = "(";
    for (const ArrayText& array : arrays_) {
      call += std::exchange(separator, ", ");
      array.append_to(call, batch.connection());
    }
    batch.add(call + ")", origin);
  }

 private:
  static std::string name(std::size_t column) { return "u.c" + std::to_string(column); }

  std::vector<std::string> types_;
  std::vector<ArrayText> arrays_;
  std::set<std::size_t> constants_;  ///< Never the first.
  std::string text_;
};

/// Whether `excluded` may stand for the value in ON CONFLICT: it is what the row would have had, and as exact as a parameter.
bool is_in_record(const RecordType& type, const Assignment& assignment, const void* record) {
  const attributes::Member& column = type.columns()[assignment.column];
  const Kind kind = column.type->kind;
  const bool exact = assignment.operation == Assignment::Operation::set || kind == Kind::int32 || kind == Kind::int64;
  return exact && attributes::equal(*column.type, assignment.value.get(), column.address(record)) &&
         !views::has_variants(*column.type);
}

const char* sign_of(const Assignment& assignment) {
  switch (assignment.operation) {
    case Assignment::Operation::set: return "=";
    case Assignment::Operation::increase: return "+";
    case Assignment::Operation::decrease: return "-";
  }
  return "";
}

std::string column_name(const RecordType& type, std::size_t column) { return quoted_name(type.columns()[column].name); }

/// "a = <value>" or "a = r.a + <value>".
std::string assigned(const RecordType& type, const Assignment& assignment, const std::string& value) {
  const std::string name = column_name(type, assignment.column);
  if (assignment.operation == Assignment::Operation::set) return name + " = " + value;
  return name + " = r." + name + " " + sign_of(assignment) + " " + value;
}

void append_listed(std::string& out, const std::string& item, const char* separator) {
  if (!out.empty()) out += separator;
  out += item;
}

/// Adds the conditions of an operation: the values of all operations, and " where ..." for the statement.
template <class Group>
std::string add_conditions(SetStatement& statement, const RecordType& type, const Group& group) {
  std::string where;
  const auto& predicates = group.front()->predicates;
  for (std::size_t i = 0; i < predicates.size(); ++i) {
    const attributes::Type& column = *type.columns()[predicates[i].column].type;
    const std::string value = statement.add(sql_type(column));
    append_listed(where, "r." + column_name(type, predicates[i].column) + " = " + value, " and ");
    for (const auto* operation : group) statement.value(i, column, operation->predicates[i].any_of.front().get());
  }
  return " where " + where;
}

}  // namespace

std::string BatchingPersistor::shape_of(const RecordType& type, const Operation& operation) {
  std::string shape(1, static_cast<char>('0' + static_cast<int>(operation.kind)));
  if (operation.must_exist) shape += '!';
  for (const Predicate& predicate : operation.predicates) shape += "?" + std::to_string(predicate.column);
  for (const std::size_t column : operation.key) shape += "k" + std::to_string(column);
  for (const Assignment& assignment : operation.assignments) {
    shape += sign_of(assignment) + std::to_string(assignment.column);
    if (operation.kind != Kind::upsert) continue;
    if (is_in_record(type, assignment, operation.record.get())) {
      shape += 'x';
      continue;
    }
    std::string text;
    shape += append_value_text(text, *type.columns()[assignment.column].type, assignment.value.get()) ? "(" : "n(";
    shape += std::to_string(text.size()) + ":" + text;
  }
  return shape;
}

void BatchingPersistor::insert_all(const RecordType& type, const Group& group) {
  SetStatement statement;
  std::string values;
  for (std::size_t i = 0; i < type.columns().size(); ++i) {
    const attributes::Member& column = type.columns()[i];
    append_listed(values, statement.add(sql_type(*column.type)), ", ");
    for (const Operation* operation : group) statement.value(i, *column.type, column.address(operation->record.get()));
  }
  const Operation& first = *group.front();
  std::string conflict;
  if (first.kind == Kind::upsert) {
    std::string key;
    for (const std::size_t column : first.key) append_listed(key, column_name(type, column), ", ");
    std::string changes;
    for (const Assignment& assignment : first.assignments) {
      const attributes::Member& column = type.columns()[assignment.column];
      std::string value = "excluded." + quoted_name(column.name);
      if (!is_in_record(type, assignment, first.record.get())) {
        // The same for the whole group; the shape says so. Any row's will do.
        value = statement.add_constant(*column.type, assignment.value.get());
      }
      append_listed(changes, assigned(type, assignment, value), ", ");
    }
    conflict = " on conflict (" + key + ") do " + (changes.empty() ? "nothing" : "update set " + changes);
  }
  statement.add_to(batch_,
                   "insert into " + table_name(type) + " as r (" + column_list(type) + ") select " + values + " from " +
                       statement.rows() + conflict,
                   first.origin);
}

void BatchingPersistor::update_all(const RecordType& type, const Group& group) {
  SetStatement statement;
  const std::string where = add_conditions(statement, type, group);
  const Operation& first = *group.front();
  std::string changes;
  for (std::size_t i = 0; i < first.assignments.size(); ++i) {
    const attributes::Type& column = *type.columns()[first.assignments[i].column].type;
    const std::string value = statement.add(sql_type(column));
    for (const Operation* operation : group) {
      statement.value(first.predicates.size() + i, column, operation->assignments[i].value.get());
    }
    append_listed(changes, assigned(type, first.assignments[i], value), ", ");
  }
  std::string sql = "update " + table_name(type) + " as r set " + changes + " from " + statement.rows() + where;
  if (first.must_exist) {
    // All operations of a group differ in the value that tells them apart.
    const auto told = std::find_if(first.predicates.begin(), first.predicates.end(), [&](const Predicate& predicate) {
      return predicate.column == find(type)->column;
    });
    const std::string value = "u.c" + std::to_string(told - first.predicates.begin());
    sql = "with changed as (" + sql + " returning " + value + " as told) select case when (select count(distinct told) from "
          "changed) < cardinality($1) then " + raise_ + "('SR003', 'table " + std::string{type.table} +
          " has no row that matches the condition') end";
  }
  statement.add_to(batch_, sql, first.origin);
}

void BatchingPersistor::erase_all(const RecordType& type, const Group& group) {
  SetStatement statement;
  const std::string where = add_conditions(statement, type, group);
  statement.add_to(batch_, "delete from " + table_name(type) + " as r using " + statement.rows() + where,
                   group.front()->origin);
}

}  // namespace seriatim::postgres
