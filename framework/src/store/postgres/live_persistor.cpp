#include "store/postgres/live_persistor.hpp"

#include <utility>

#include "store/postgres/literals.hpp"
#include "store/postgres/sql_statements.hpp"

namespace seriatim::postgres {

/// The text of a statement with its parameters, while it is being put together.
struct LivePersistor::Shape {
  std::string sql;
  const std::vector<Batch::Parameter>* given = nullptr;  ///< Parameters of a statement that this one joins.
  std::vector<Batch::Parameter> parameters;              ///< Its own, numbered after those.

  /// The name of a parameter of that value: one that is given already when it is the same, as each costs the server time.
  std::string bind(std::string_view type, const std::string& value) {
    const std::size_t before = given == nullptr ? 0 : given->size();
    for (std::size_t i = 0; i < before; ++i) {
      if ((*given)[i].type == type && (*given)[i].value == value) return "$" + std::to_string(i + 1);
    }
    parameters.push_back({std::string{type}, value});
    return "$" + std::to_string(before + parameters.size());
  }
};

namespace {

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

/// Appends " where ...".
template <class Shape>
void append_condition(Shape& shape, const Connection& connection, const RecordType& type,
                      std::span<const Predicate> predicates) {
  const char* word = " where ";
  for (const Predicate& predicate : predicates) {
    const attributes::Member& column = type.columns()[predicate.column];
    shape.sql.append(word).append(quoted_name(column.name));
    word = " and ";
    if (predicate.any_of.size() != 1) {
      const std::string element{sql_type(*column.type)};
      const std::string values = array_literal(connection, predicate, element);
      shape.sql.append(" = any(").append(shape.bind(element + "[]", values)).append(")");
    } else if (is_null(predicate.any_of.front())) {
      shape.sql += " is null";
    } else {
      const std::string value = literal(connection, *column.type, predicate.any_of.front().get());
      shape.sql.append(" = ").append(shape.bind(sql_type(*column.type), value));
    }
  }
}

/// What to order by, so that it is the order in which replays compare values: of texts that of their bytes, whatever
/// the column's type and collation.
std::string order_of(const attributes::Member& column) {
  const std::string name = quoted_name(column.name);
  return sql_type(*column.type) == "text" ? name + "::text collate \"C\"" : name;
}

/// Appends "a = $1, b = b + $2"; `row` qualifies the old value.
template <class Shape>
void append_assignments(Shape& shape, const Connection& connection, const RecordType& type,
                        std::span<const Assignment> assignments, std::string_view row) {
  for (std::size_t i = 0; i < assignments.size(); ++i) {
    const Assignment& assignment = assignments[i];
    const attributes::Member& column = type.columns()[assignment.column];
    const std::string name = quoted_name(column.name);
    shape.sql.append(i == 0 ? "" : ", ").append(name).append(" = ");
    if (assignment.operation != Assignment::Operation::set) {
      shape.sql.append(row).append(".").append(name).append(operator_of(assignment.operation));
    }
    shape.sql += shape.bind(sql_type(*column.type), literal(connection, *column.type, assignment.value.get()));
  }
}

}  // namespace

std::string LivePersistor::table(const RecordType& type) const {
  return quoted_name(schema_, std::string{type.table} + suffix_);
}

std::string LivePersistor::call(const Shape& shape) {
  std::string sql = "execute " + batch_.prepare(shape.sql, [&] {
    std::string types;
    for (const Batch::Parameter& parameter : shape.parameters) {
      types.append(types.empty() ? "(" : ", ").append(parameter.type);
    }
    return types + (types.empty() ? " as " : ") as ") + shape.sql;
  });
  const char* separator = "(";
  for (const Batch::Parameter& parameter : shape.parameters) {
    sql.append(std::exchange(separator, ", ")).append(parameter.value);
  }
  if (!shape.parameters.empty()) sql += ')';
  return sql;
}

void LivePersistor::execute(const Shape& shape) {
  std::string sql = call(shape);
  batch_.add(std::move(sql), origin_);
}

std::string LivePersistor::insertion(const RecordType& type) const {
  return "insert into " + table(type) + " as r (" + column_list(type) + ") values (";
}

void LivePersistor::create(const RecordType& type, const void* record) {
  create_or_update(type, record, {}, {});
}

void LivePersistor::create_or_update(const RecordType& type, const void* record, std::span<const std::size_t> key,
                                     std::span<const Assignment> assignments) {
  Shape shape{insertion(type), nullptr, {}};
  const char* separator = "";
  for (const attributes::Member& column : type.columns()) {
    const std::string value = literal(batch_.connection(), *column.type, column.address(record));
    shape.sql.append(std::exchange(separator, ", ")).append(shape.bind(sql_type(*column.type), value));
  }
  shape.sql += ")";
  if (!key.empty()) {
    shape.sql += " on conflict (";
    for (std::size_t i = 0; i < key.size(); ++i) {
      shape.sql.append(i == 0 ? "" : ", ").append(quoted_name(type.columns()[key[i]].name));
    }
    shape.sql += assignments.empty() ? ") do nothing" : ") do update set ";
    append_assignments(shape, batch_.connection(), type, assignments, "r");
  }
  execute(shape);
}

void LivePersistor::update(const RecordType& type, std::span<const Predicate> predicates,
                           std::span<const Assignment> assignments, bool must_exist) {
  if (assignments.empty()) return;
  Shape shape{{}, batch_.joinable(), {}};
  shape.sql.reserve(256);
  shape.sql.append("update ").append(table(type)).append(" as r set ");
  append_assignments(shape, batch_.connection(), type, assignments, "r");
  append_condition(shape, batch_.connection(), type, predicates);
  if (must_exist) shape.sql += " returning 1";
  const std::string missing = must_exist ? raise_ + "('SR003', 'table " + std::string{type.table} +
                                               " has no row that matches the condition')"
                                         : "";
  if (shape.given != nullptr) {
    batch_.join(shape.parameters, shape.sql, missing, origin_);
    return;
  }
  if (must_exist) {
    shape.sql = "with changed as (" + shape.sql + ") select case when not exists (select from changed) then " + missing +
                " end";
  }
  execute(shape);
}

void LivePersistor::update_each(const RecordType& type, std::span<const Predicate> predicates, const Change& change) {
  Shape shape{"select tableoid, ctid, " + column_list(type) + " from " + table(type), nullptr, {}};
  append_condition(shape, batch_.connection(), type, predicates);
  shape.sql += " for update";
  const pqxx::result rows = batch_.send(call(shape), origin_);
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
    Shape write{"update " + table(type) + " as r set ", nullptr, {}};
    append_assignments(write, batch_.connection(), type, changed, "r");
    write.sql.append(" where r.tableoid = ").append(write.bind("oid", std::string{"'"} + row[0].c_str() + "'"));
    write.sql.append(" and r.ctid = ").append(write.bind("tid", std::string{"'"} + row[1].c_str() + "'"));
    execute(write);
  }
}

void LivePersistor::select(const RecordType& type, const views::Selection& selection, const Visit& visit) {
  Shape shape{"select " + column_list(type) + " from " + table(type), nullptr, {}};
  append_condition(shape, batch_.connection(), type, selection.predicates);
  if (selection.newest_by) {
    shape.sql.append(" order by ").append(order_of(type.columns()[*selection.newest_by])).append(" desc");
  }
  if (selection.limit != 0) shape.sql += " limit " + std::to_string(selection.limit);
  const pqxx::result rows = batch_.send(call(shape), origin_);
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
  Shape shape{"delete from " + table(type), nullptr, {}};
  append_condition(shape, batch_.connection(), type, predicates);
  execute(shape);
}

void LivePersistor::execute_sql(const std::string& sql, const std::vector<std::optional<std::string>>& parameters) {
  if (replays_) refuse_sql();
  Shape shape{sql, nullptr, {}};
  for (const std::optional<std::string>& parameter : parameters) {
    std::string value = "null";
    if (parameter) {
      value.clear();
      batch_.connection().append_quoted(value, *parameter);
    }
    shape.parameters.push_back({"unknown", std::move(value)});  // PostgreSQL then infers the type.
  }
  execute(shape);
}

}  // namespace seriatim::postgres
