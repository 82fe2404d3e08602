#include "store/postgres/live_persistor.hpp"

#include "store/postgres/literals.hpp"
#include "store/postgres/sql_statements.hpp"

namespace seriatim::postgres {

/// The text of a statement with its parameters' types, while it is being put together.
struct LivePersistor::Shape {
  std::string types;  ///< Types of $1, $2, ... separated by commas.
  std::string sql;
  std::size_t before = 0;  ///< Parameters of a statement that this one joins.
  std::size_t parameters = 0;

  /// The next parameter's name.
  std::string add(std::string_view type) {
    if (parameters != 0) types += ", ";
    types += type;
    return "$" + std::to_string(before + ++parameters);
  }
};

namespace {

void append_parameter(std::string& out, const Connection& connection, const attributes::Type& type,
                      const void* value) {
  if (!out.empty()) out += ", ";
  append_literal(out, connection, type, value);
}

const char* operator_of(Assignment::Operation operation) {
  return operation == Assignment::Operation::increase ? " + " : " - ";
}

std::string array_literal(const Connection& connection, const Predicate& predicate, std::string_view type) {
  std::string out = "array[";
  for (std::size_t i = 0; i < predicate.any_of.size(); ++i) {
    if (i != 0) out += ", ";
    append_literal(out, connection, predicate.any_of[i].type(), predicate.any_of[i].get());
  }
  return out.append("]::").append(type).append("[]");
}

bool is_null(const attributes::Value& value) {
  return value.type().kind == attributes::Kind::optional && value.type().optional_get(value.get()) == nullptr;
}

/// Appends " where ..." and the values.
template <class Shape>
void append_condition(Shape& shape, std::string& values, const Connection& connection, const RecordType& type,
                      std::span<const Predicate> predicates) {
  const char* word = " where ";
  for (const Predicate& predicate : predicates) {
    const attributes::Member& column = type.columns()[predicate.column];
    shape.sql.append(word).append(quoted_name(column.name));
    word = " and ";
    if (predicate.any_of.size() != 1) {
      const std::string element{sql_type(*column.type)};
      shape.sql.append(" = any(").append(shape.add(element + "[]")).append(")");
      if (!values.empty()) values += ", ";
      values += array_literal(connection, predicate, element);
    } else if (is_null(predicate.any_of.front())) {
      shape.sql += " is null";
    } else {
      shape.sql.append(" = ").append(shape.add(sql_type(*column.type)));
      append_parameter(values, connection, *column.type, predicate.any_of.front().get());
    }
  }
}

/// Appends "a = $1, b = b + $2" and the values; `row` qualifies the old value.
template <class Shape>
void append_assignments(Shape& shape, std::string& values, const Connection& connection, const RecordType& type,
                        std::span<const Assignment> assignments, std::string_view row) {
  for (std::size_t i = 0; i < assignments.size(); ++i) {
    const Assignment& assignment = assignments[i];
    const attributes::Member& column = type.columns()[assignment.column];
    const std::string name = quoted_name(column.name);
    shape.sql.append(i == 0 ? "" : ", ").append(name).append(" = ");
    if (assignment.operation != Assignment::Operation::set) {
      shape.sql.append(row).append(".").append(name).append(operator_of(assignment.operation));
    }
    shape.sql += shape.add(sql_type(*column.type));
    append_parameter(values, connection, *column.type, assignment.value.get());
  }
}

}  // namespace

std::string LivePersistor::table(const RecordType& type) const {
  return quoted_name(schema_, std::string{type.table} + suffix_);
}

std::string LivePersistor::call(const Shape& shape, const std::string& parameters) {
  const std::string name = batch_.prepare(shape.sql, [&] {
    return (shape.parameters == 0 ? std::string{} : "(" + shape.types + ")") + " as " + shape.sql;
  });
  return parameters.empty() ? "execute " + name : "execute " + name + "(" + parameters + ")";
}

void LivePersistor::execute(const Shape& shape, const std::string& parameters) {
  std::string sql = call(shape, parameters);
  batch_.add(std::move(sql), origin_);
}

std::string LivePersistor::insertion(const RecordType& type) const {
  return "insert into " + table(type) + " as r (" + column_list(type) + ") values (";
}

void LivePersistor::append_record(std::string& out, const RecordType& type, const void* record) const {
  for (const attributes::Member& column : type.columns()) {
    append_parameter(out, batch_.connection(), *column.type, column.address(record));
  }
}

void LivePersistor::create(const RecordType& type, const void* record) {
  create_or_update(type, record, {}, {});
}

void LivePersistor::create_or_update(const RecordType& type, const void* record, std::span<const std::size_t> key,
                                     std::span<const Assignment> assignments) {
  Shape shape{{}, insertion(type), 0};
  std::string values;
  append_record(values, type, record);
  for (std::size_t i = 0; i < type.columns().size(); ++i) {
    shape.sql.append(i == 0 ? "" : ", ").append(shape.add(sql_type(*type.columns()[i].type)));
  }
  shape.sql += ")";
  if (!key.empty()) {
    shape.sql += " on conflict (";
    for (std::size_t i = 0; i < key.size(); ++i) {
      shape.sql.append(i == 0 ? "" : ", ").append(quoted_name(type.columns()[key[i]].name));
    }
    shape.sql += assignments.empty() ? ") do nothing" : ") do update set ";
    append_assignments(shape, values, batch_.connection(), type, assignments, "r");
  }
  execute(shape, values);
}

void LivePersistor::update(const RecordType& type, std::span<const Predicate> predicates,
                           std::span<const Assignment> assignments, bool must_exist) {
  if (assignments.empty()) return;
  const std::optional<std::size_t> joins = batch_.joinable();
  Shape shape{{}, "update " + table(type) + " as r set ", joins.value_or(0)};
  std::string values;
  append_assignments(shape, values, batch_.connection(), type, assignments, "r");
  append_condition(shape, values, batch_.connection(), type, predicates);
  const std::string missing =
      must_exist ? "case when not exists (select from changed) then " + raise_ + "('SR003', 'table " +
                       std::string{type.table} + " has no row that matches the condition') end"
                 : "";
  if (joins) {
    shape.sql.append(predicates.empty() ? " where " : " and ").append("exists (select from appended)");
    batch_.join(shape.types, values, shape.sql + (must_exist ? " returning 1" : ""), missing, origin_);
    return;
  }
  if (must_exist) shape.sql = "with changed as (" + shape.sql + " returning 1) select " + missing;
  execute(shape, values);
}

void LivePersistor::update_each(const RecordType& type, std::span<const Predicate> predicates, const Change& change) {
  Shape shape{{}, "select tableoid, ctid, " + column_list(type) + " from " + table(type), 0};
  std::string values;
  append_condition(shape, values, batch_.connection(), type, predicates);
  shape.sql += " for update";
  const pqxx::result rows = batch_.send(call(shape, values), origin_);
  for (const auto& row : rows) {
    attributes::Value record = attributes::Value::made(*type.attributes);
    for (std::size_t i = 0; i < type.columns().size(); ++i) {
      const attributes::Member& column = type.columns()[i];
      read_field(row[static_cast<int>(i + 2)], *column.type, const_cast<void*>(column.address(record.get())),
                 column.name);
    }
    const attributes::Value before = record;
    change(record.get());
    std::vector<Assignment> changed;
    for (std::size_t i = 0; i < type.columns().size(); ++i) {
      const attributes::Member& column = type.columns()[i];
      if (attributes::equal(*column.type, column.address(before.get()), column.address(record.get()))) continue;
      changed.push_back({i, Assignment::Operation::set, {*column.type, column.address(record.get())}});
    }
    if (changed.empty()) continue;
    Shape write{{}, "update " + table(type) + " as r set ", 0};
    std::string parameters;
    append_assignments(write, parameters, batch_.connection(), type, changed, "r");
    write.sql.append(" where r.tableoid = ").append(write.add("oid")).append(" and r.ctid = ").append(write.add("tid"));
    parameters.append(", '").append(row[0].c_str()).append("', '").append(row[1].c_str()).append("'");
    execute(write, parameters);
  }
}

void LivePersistor::select(const RecordType& type, const views::Selection& selection, const Visit& visit) {
  Shape shape{{}, "select " + column_list(type) + " from " + table(type), 0};
  std::string values;
  append_condition(shape, values, batch_.connection(), type, selection.predicates);
  if (selection.newest_by) {
    shape.sql.append(" order by ").append(quoted_name(type.columns()[*selection.newest_by].name)).append(" desc");
  }
  if (selection.limit != 0) shape.sql += " limit " + std::to_string(selection.limit);
  const pqxx::result rows = batch_.send(call(shape, values), origin_);
  for (const auto& row : rows) {
    attributes::Value record = attributes::Value::made(*type.attributes);
    for (std::size_t i = 0; i < type.columns().size(); ++i) {
      const attributes::Member& column = type.columns()[i];
      read_field(row[static_cast<int>(i)], *column.type, const_cast<void*>(column.address(record.get())), column.name);
    }
    visit(record.get());
  }
}

void LivePersistor::erase(const RecordType& type, std::span<const Predicate> predicates) {
  Shape shape{{}, "delete from " + table(type), 0};
  std::string values;
  append_condition(shape, values, batch_.connection(), type, predicates);
  execute(shape, values);
}

}  // namespace seriatim::postgres
