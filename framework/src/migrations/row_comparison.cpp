#include "migrations/row_comparison.hpp"

#include <algorithm>
#include <deque>
#include <unordered_map>

#include "attributes/scalar_text.hpp"
#include "seriatim/json.hpp"
#include "store/postgres/literals.hpp"
#include "store/postgres/sql_statements.hpp"
#include "views/row_values.hpp"

namespace seriatim::migrations {
namespace {

using attributes::Kind;
using attributes::Member;
using Text = std::optional<std::string>;
using postgres::quoted_name;

constexpr std::size_t values_a_question = 500;

Text text_of(const Member& member, const void* record) {
  std::string out;
  if (!postgres::append_value_text(out, *member.type, member.address(record))) return std::nullopt;
  return out;
}

Kind kind_of(const Member& member) {
  return member.type->kind == Kind::optional ? member.type->element->kind : member.type->kind;
}

bool same_json(const attributes::Type& type, const void* expected, const std::string& found) {
  attributes::Value value = attributes::Value::made(type);
  AttributeErrors errors;
  try {
    attributes::read_json(found, type, value.get(), {}, errors);
  } catch (const Error&) {
    return false;
  }
  return errors.empty() && views::same_value(type, expected, value.get());
}

/// Whether the column's text is that of the record's value. NULL is only an empty optional.
bool same(const Member& member, const void* record, const Text& found, void* scratch) {
  const attributes::Type* type = member.type;
  const void* expected = member.address(record);
  // The scratch record is ours to write to; members are only handed out as constants.
  void* target = const_cast<void*>(member.address(scratch));
  if (type->kind == Kind::optional) {
    expected = type->optional_get(expected);
    if (expected == nullptr || !found) return expected == nullptr && !found;
    target = type->optional_emplace(target);
    type = type->element;
  }
  if (!found) return false;
  if (type->kind == Kind::list || type->kind == Kind::object) return same_json(*type, expected, *found);
  return attributes::read_scalar_text(*found, *type, target) == nullptr && views::same_value(*type, expected, target);
}

/// 12.50 and 12.5 are one key.
std::string without_trailing_zeros(std::string number) {
  if (number.find('.') == std::string::npos) return number;
  number.erase(number.find_last_not_of('0') + 1);
  if (number.back() == '.') number.pop_back();
  return number;
}

/// The live rows that have one key, in the order in which they were read.
using Candidates = std::unordered_map<std::string, std::deque<std::size_t>>;

}  // namespace

/// A value that may be stored in another form than the record has it. It is not NULL.
struct ComparedTable::Doubt {
  const void* record;
  std::size_t column;
};

/// A row of the refold that no live row is equal to.
struct ComparedTable::Unmatched {
  const void* record;
  std::string key;
};

ComparedTable::ComparedTable(postgres::Connection& connection, const RecordType& record, const std::string& view_schema)
    : record_{record}, name_{quoted_name(view_schema, record.table)}, types_(record.columns().size()) {
  const auto column_of = [&](const std::string& name) {
    const auto found = std::find_if(record.columns().begin(), record.columns().end(),
                                    [&](const Member& member) { return member.name == name; });
    return static_cast<std::size_t>(found - record.columns().begin());
  };
  const std::string table = connection.quoted(name_) + "::regclass";
  for (const auto& row : connection.execute("select attname, format_type(atttypid, atttypmod) from pg_attribute"
                                            " where attrelid = " +
                                            table + " and attnum > 0 and not attisdropped")) {
    const std::size_t column = column_of(row[0].c_str());
    if (column < types_.size()) types_[column] = row[1].c_str();
  }
  const auto indexes = connection.execute(
      "select i.indexrelid::bigint, a.attname from pg_index i"
      " cross join unnest(i.indkey::smallint[]) with ordinality as k (attnum, place)"
      " left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum and k.attnum > 0"
      " where i.indrelid = " +
      table +
      " and i.indisunique and i.indpred is null and k.place <= i.indnkeyatts"
      " order by i.indisprimary desc, i.indnatts, i.indexrelid, k.place");
  std::vector<std::size_t> columns;
  for (std::size_t i = 0; i < indexes.size() && key_.empty(); ++i) {
    const auto row = indexes[static_cast<pqxx::result::size_type>(i)];
    columns.push_back(row[1].is_null() ? types_.size() : column_of(row[1].c_str()));
    const bool last =
        i + 1 == indexes.size() ||
        indexes[static_cast<pqxx::result::size_type>(i + 1)][0].as<std::int64_t>() != row[0].as<std::int64_t>();
    if (!last) continue;
    if (*std::max_element(columns.begin(), columns.end()) < types_.size()) key_ = columns;
    columns.clear();
  }
}

std::vector<LiveRow> ComparedTable::read(postgres::Connection& connection, const std::string& condition,
                                         bool lock) const {
  const auto rows =
      connection.execute("select tableoid::bigint, ctid, " + postgres::column_list(record_) + " from " + name_ + " t" +
                         (condition.empty() ? "" : " where " + condition) + (lock ? " for update" : ""));
  std::vector<LiveRow> out;
  out.reserve(rows.size());
  for (const auto& row : rows) {
    LiveRow& live = out.emplace_back();
    live.place = std::string{"tableoid = "} + row[0].c_str() + " and ctid = '" + row[1].c_str() + "'";
    for (pqxx::row::size_type i = 2; i < row.size(); ++i) {
      live.columns.push_back(row[i].is_null() ? Text{} : Text{std::string{row[i].c_str(), row[i].size()}});
    }
  }
  return out;
}

std::string ComparedTable::key_of(const std::function<Text(std::size_t)>& column, std::size_t owner) const {
  std::vector<std::size_t> columns = key_;
  if (columns.empty() && owner < types_.size()) columns.push_back(owner);
  std::string key;
  for (const std::size_t i : columns) {
    const Text text = column(i);
    if (!text) return key += "null;";
    const std::string value = kind_of(record_.columns()[i]) == Kind::decimal ? without_trailing_zeros(*text) : *text;
    key.append(std::to_string(value.size())).append(":").append(value);
  }
  return key;
}

std::string ComparedTable::expected_key(const void* record, std::size_t owner) const {
  return key_of([&](std::size_t i) { return text_of(record_.columns()[i], record); }, owner);
}

std::string ComparedTable::found_key(const LiveRow& row, std::size_t owner) const {
  return key_of(
      [&](std::size_t i) -> Text {
        const Member& member = record_.columns()[i];
        if (!row.columns[i] || kind_of(member) == Kind::list || kind_of(member) == Kind::object) return row.columns[i];
        // As our own text: the server writes times in another form.
        attributes::Value value = attributes::Value::made(*member.type);
        const bool optional = member.type->kind == Kind::optional;
        void* target = optional ? member.type->optional_emplace(value.get()) : value.get();
        const attributes::Type& type = optional ? *member.type->element : *member.type;
        if (attributes::read_scalar_text(*row.columns[i], type, target) != nullptr) return row.columns[i];
        std::string text;
        (void)postgres::append_value_text(text, type, target);
        return text;
      },
      owner);
}

std::vector<std::size_t> ComparedTable::different_columns(const void* record, const LiveRow& row) const {
  attributes::Value scratch = attributes::Value::made(*record_.attributes);
  std::vector<std::size_t> different;
  for (std::size_t i = 0; i < record_.columns().size(); ++i) {
    if (!same(record_.columns()[i], record, row.columns[i], scratch.get())) different.push_back(i);
  }
  return different;
}

std::vector<WrongRow> ComparedTable::compare(postgres::Connection& connection, const views::ReplayPersistor& expected,
                                             std::vector<LiveRow> found, std::size_t owner) const {
  Candidates candidates;
  for (std::size_t i = 0; i < found.size(); ++i) candidates[found_key(found[i], owner)].push_back(i);
  const auto owner_text = [&](const void* record) {
    return owner < types_.size() ? text_of(record_.columns()[owner], record) : Text{};
  };
  const auto take = [](std::deque<std::size_t>& rows, std::deque<std::size_t>::iterator at) {
    const std::size_t row = *at;
    rows.erase(at);
    return row;
  };
  // Rows that are as they should be find each other first: without a unique key, the others are paired as they come.
  std::vector<Unmatched> unmatched;
  expected.for_each_row(record_, [&](const void* record) {
    std::string key = expected_key(record, owner);
    std::deque<std::size_t>& rows = candidates[key];
    const auto equal = std::find_if(rows.begin(), rows.end(),
                                    [&](std::size_t row) { return different_columns(record, found[row]).empty(); });
    if (equal != rows.end()) {
      (void)take(rows, equal);
    } else {
      unmatched.push_back({record, std::move(key)});
    }
  });
  std::vector<Unmatched*> lost;
  for (Unmatched& row : unmatched) {
    if (candidates[row.key].empty()) lost.push_back(&row);
  }
  const bool any_left =
      std::any_of(candidates.begin(), candidates.end(), [](const auto& rows) { return !rows.second.empty(); });
  if (any_left && !key_.empty()) take_stored_keys(connection, lost, owner);
  std::vector<WrongRow> wrong;
  for (const auto& [record, key] : unmatched) {
    WrongRow& row = wrong.emplace_back();
    row.expected = record;
    row.aggregate_id = owner_of(owner_text(record));
    const auto column = [&, r = record](std::size_t i) { return text_of(record_.columns()[i], r); };
    row.row = row_text(column, !key_.empty() ? key_ : std::vector<std::size_t>{owner});
    std::deque<std::size_t>& rows = candidates[key];
    row.kind = rows.empty() ? ViewDifference::Kind::missing : ViewDifference::Kind::changed;
    if (rows.empty()) continue;
    row.found = std::move(found[take(rows, rows.begin())]);
    row.columns = different_columns(record, *row.found);
  }
  settle(connection, wrong);
  for (const auto& [key, rows] : candidates) {
    for (const std::size_t i : rows) {
      WrongRow& row = wrong.emplace_back();
      row.kind = ViewDifference::Kind::surplus;
      row.found = std::move(found[i]);
      if (owner < types_.size()) row.aggregate_id = owner_of(row.found->columns[owner]);
      row.row = row_text([&](std::size_t c) { return row.found->columns[c]; },
                         !key_.empty() ? key_ : std::vector<std::size_t>{owner});
    }
  }
  return wrong;
}

/// Gives the rows the keys that their columns would hold.
void ComparedTable::take_stored_keys(postgres::Connection& connection, std::span<Unmatched* const> rows,
                                     std::size_t owner) const {
  std::vector<Doubt> values;
  for (const Unmatched* row : rows) {
    for (const std::size_t column : key_) {
      if (text_of(record_.columns()[column], row->record)) values.push_back({row->record, column});
    }
  }
  std::vector<Text> stored;
  ask_stored(connection, values, stored);
  std::size_t next = 0;
  for (Unmatched* row : rows) {
    LiveRow as_stored{{}, std::vector<Text>(types_.size())};
    bool fits = true;
    for (; next < values.size() && values[next].record == row->record; ++next) {
      fits = fits && stored[next];
      as_stored.columns[values[next].column] = std::move(stored[next]);
    }
    if (fits) row->key = found_key(as_stored, owner);
  }
}

/// Takes back what differs in its form alone.
void ComparedTable::settle(postgres::Connection& connection, std::vector<WrongRow>& rows) const {
  std::vector<Doubt> values;
  std::vector<WrongRow*> rows_of_values;
  for (WrongRow& row : rows) {
    for (const std::size_t column : row.columns) {
      if (!row.found->columns[column] || !text_of(record_.columns()[column], row.expected)) continue;
      values.push_back({row.expected, column});
      rows_of_values.push_back(&row);
    }
  }
  std::vector<Text> stored;
  ask_stored(connection, values, stored);
  for (std::size_t i = 0; i < values.size(); ++i) {
    WrongRow& row = *rows_of_values[i];
    if (stored[i] && stored[i] == row.found->columns[values[i].column]) std::erase(row.columns, values[i].column);
  }
  std::erase_if(rows,
                [](const WrongRow& row) { return row.kind == ViewDifference::Kind::changed && row.columns.empty(); });
}

/// Appends the texts of the values as their columns would hold them; nothing for one that its column cannot hold.
void ComparedTable::ask_stored(postgres::Connection& connection, std::span<const Doubt> values,
                               std::vector<Text>& stored) const {
  if (values.empty() || (values.size() <= values_a_question && try_ask_stored(connection, values, stored))) return;
  if (values.size() == 1) return stored.push_back(std::nullopt);
  const std::size_t half = values.size() / 2;
  ask_stored(connection, values.first(half), stored);
  ask_stored(connection, values.subspan(half), stored);
}

/// The same in one question. False when any of the values does not fit, of which the server does not say which.
bool ComparedTable::try_ask_stored(postgres::Connection& connection, std::span<const Doubt> values,
                                   std::vector<Text>& stored) const {
  std::string sql = "savepoint seriatim_doubts; select ";
  for (const Doubt& value : values) {
    const Member& member = record_.columns()[value.column];
    if (&value != values.data()) sql += ", ";
    postgres::append_literal(sql, connection, *member.type, member.address(value.record));
    sql += "::" + types_[value.column];
  }
  bool fit = true;
  try {
    const pqxx::result answer = connection.execute(sql);
    for (const auto& field : answer[0]) stored.emplace_back(std::string{field.c_str(), field.size()});
  } catch (const postgres::DatabaseError&) {
    fit = false;
    connection.execute("rollback to savepoint seriatim_doubts");
  }
  connection.execute("release savepoint seriatim_doubts");
  return fit;
}

std::string ComparedTable::repair(const postgres::Connection& connection, const WrongRow& row) const {
  if (row.kind == ViewDifference::Kind::surplus) return "delete from " + name_ + " where " + row.found->place;
  std::string values;
  if (row.kind == ViewDifference::Kind::missing) {
    for (const Member& member : record_.columns()) {
      if (!values.empty()) values += ", ";
      postgres::append_literal(values, connection, *member.type, member.address(row.expected));
    }
    return "insert into " + name_ + " (" + postgres::column_list(record_) + ") values (" + values + ")";
  }
  for (const std::size_t column : row.columns) {
    const Member& member = record_.columns()[column];
    values.append(values.empty() ? "" : ", ").append(quoted_name(member.name)).append(" = ");
    postgres::append_literal(values, connection, *member.type, member.address(row.expected));
  }
  return "update " + name_ + " set " + values + " where " + row.found->place;
}

std::string ComparedTable::row_text(const std::function<Text(std::size_t)>& column,
                                    const std::vector<std::size_t>& columns) const {
  std::string out;
  for (std::size_t i = 0; i < record_.columns().size(); ++i) {
    const bool named =
        columns.front() >= types_.size() || std::find(columns.begin(), columns.end(), i) != columns.end();
    if (!named) continue;
    out.append(out.empty() ? "" : ", ")
        .append(record_.columns()[i].name)
        .append("=")
        .append(column(i).value_or("NULL"));
  }
  return out;
}

void ComparedTable::describe(const WrongRow& row, std::string_view projector, std::vector<ViewDifference>& out) const {
  ViewDifference difference;
  difference.kind = row.kind;
  difference.projector = projector;
  difference.table = record_.table;
  difference.aggregate_id = row.aggregate_id;
  difference.row = row.row;
  const std::vector<std::size_t> all{types_.size()};
  if (row.kind == ViewDifference::Kind::missing) {
    difference.expected = row_text([&](std::size_t i) { return text_of(record_.columns()[i], row.expected); }, all);
    out.push_back(std::move(difference));
  } else if (row.kind == ViewDifference::Kind::surplus) {
    difference.found = row_text([&](std::size_t i) { return row.found->columns[i]; }, all);
    out.push_back(std::move(difference));
  }
  for (const std::size_t column : row.columns) {
    ViewDifference& one = out.emplace_back(difference);
    one.column = record_.columns()[column].name;
    one.expected = text_of(record_.columns()[column], row.expected);
    one.found = row.found->columns[column];
  }
}

std::optional<AggregateId> ComparedTable::owner_of(const Text& text) const {
  return text ? parse_uuid(*text) : std::nullopt;
}

}  // namespace seriatim::migrations
