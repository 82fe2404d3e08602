#include "store/postgres/postgres_transaction.hpp"

#include <algorithm>
#include <numeric>

#include "store/postgres/literals.hpp"
#include "store/postgres/receipts.hpp"

namespace seriatim::postgres {
namespace {

template <class T>
void append_value(std::string& out, const Connection& connection, const T& value) {
  append_literal(out, connection, attributes::type_of<T>, &value);
}

/// "array[...]::type[]," of what `append` writes for each item.
template <class Items, class Append>
void append_array(std::string& out, const Items& items, const char* type, Append append) {
  out += "array[";
  bool first = true;
  for (const auto& item : items) {
    if (!first) out += ",";
    first = false;
    append(item);
  }
  out.append("]::").append(type).append("[],");
}

/// One event with the stream that it belongs to.
struct Flat {
  const store::StreamAppend* stream;
  std::size_t index;
};

std::vector<Flat> flatten(const std::vector<const store::StreamAppend*>& streams) {
  std::vector<Flat> flat;
  for (const store::StreamAppend* stream : streams) {
    for (std::size_t i = 0; i < stream->events.size(); ++i) flat.push_back({stream, i});
  }
  return flat;
}

/// The aggregates that are not created by these appends.
std::vector<AggregateId> existing(const std::vector<const store::StreamAppend*>& streams) {
  std::vector<AggregateId> ids;
  for (const store::StreamAppend* stream : streams) {
    if (stream->expected_version > 0) ids.push_back(stream->aggregate_id);
  }
  return ids;
}

std::string ids_text(const std::vector<const store::StreamAppend*>& streams) {
  std::string out;
  for (const store::StreamAppend* stream : streams) {
    if (!out.empty()) out += " or ";
    append_uuid(out, stream->aggregate_id);
  }
  return out;
}

}  // namespace

PostgresTransaction::~PostgresTransaction() {
  if (connection_ == nullptr) return;
  try {
    if (!finished_ && connection_->usable()) connection_->execute("rollback");
    batch_.reset();
    store_.pool().give_back(std::move(connection_));
  } catch (const std::exception&) {
    // A connection that cannot roll back is closed, and the server rolls back for it.
    connection_.reset();
  }
}

Batch& PostgresTransaction::batch() {
  if (batch_ == nullptr) {
    connection_ = store_.pool().take();
    batch_ = std::make_unique<Batch>(*connection_);
    batch_->add(begin_sql_, {Origin::Kind::begin, {}, {}, {}, false});
  }
  return *batch_;
}

bool PostgresTransaction::load(const AggregateId& id, store::StreamReader& reader) {
  // What is collected concerns other aggregates: those of this unit of work are not loaded twice.
  const pqxx::result rows = batch().query("execute seriatim_load_stream('" + uuid_text(id) + "')");
  if (rows.empty()) return false;
  const int type = rows[0][0].as<int>();
  const std::string* name = store_.ids().aggregate_name_of(type);
  reader.stream(name != nullptr ? std::string_view{*name} : "type that was registered after this program started");
  for (const auto& row : rows) read_row(row, reader);
  versions_[id] = rows[rows.size() - 1][1].as<std::int32_t>();
  return true;
}

void PostgresTransaction::read_row(const pqxx::row& row, store::StreamReader& reader) const {
  store::EventRow event{};
  event.sequence_number = row[1].as<std::int32_t>();
  const TypeIds::EventName* name = store_.ids().event_of(row[2].as<int>());
  event.type = name != nullptr ? name->type : core::unknown_type;
  event.type_name = name != nullptr ? std::string_view{name->name} : "a type registered after this program started";
  event.json = {row[3].c_str(), row[3].size()};
  reader.event(event);
}

void PostgresTransaction::append(const store::CommandRecord& command, std::span<const store::StreamAppend> streams,
                                 Timestamp created_at) {
  std::vector<const store::StreamAppend*> sorted;
  for (const store::StreamAppend& stream : streams) sorted.push_back(&stream);
  std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return a->aggregate_id < b->aggregate_id; });
  lock(existing(sorted));
  if (is_common(command, sorted, created_at)) {
    append_one(command, *sorted.front());
  } else {
    append_all(command, sorted, created_at);
  }
  for (const store::StreamAppend* stream : sorted) {
    const auto known = versions_.find(stream->aggregate_id);
    if (known != versions_.end()) known->second += static_cast<std::int32_t>(stream->events.size());
  }
}

bool PostgresTransaction::is_common(const store::CommandRecord& record,
                                    const std::vector<const store::StreamAppend*>& streams, Timestamp created_at) const {
  const store::StreamAppend& stream = *streams.front();
  const Command& command = *record.command;
  if (streams.size() != 1 || stream.events.size() != 1 || command.created_at != created_at ||
      command.aggregate_id != stream.aggregate_id || command.event_aggregate_id || command.event_sequence_number) {
    return false;
  }
  const auto known = versions_.find(stream.aggregate_id);
  return known != versions_.end() && known->second == stream.expected_version;
}

void PostgresTransaction::lock(const std::vector<AggregateId>& ids) {
  if (!lock_place_) lock_place_ = batch().reserve({Origin::Kind::append, {}, {}, {}, false});
  changed_.insert(ids.begin(), ids.end());
  if (changed_.empty() || (changed_.size() < 2 && !must_lock_)) return;  // The append locks its own.
  std::string sql = "execute seriatim_lock_aggregates(array[";
  for (const AggregateId& id : changed_) {
    sql.append(id == *changed_.begin() ? "'" : ",'");
    append_uuid(sql, id);
    sql += '\'';
  }
  if (batch().fill(*lock_place_, sql + "]::uuid[])")) return;
  // A projector read a row, so what was collected up to there is sent. What follows is locked at its own place.
  lock_place_.reset();
  changed_.clear();
  lock(ids);
}

void PostgresTransaction::append_request(std::string& sql, const store::CommandRecord& record) {
  const Connection& connection = batch().connection();
  const Command& command = *record.command;
  append_value(sql, connection, command.created_at);
  sql += ",";
  append_value(sql, connection, command.user_id);
  sql += ",";
  append_value(sql, connection, command.aggregate_id);
  sql.append(",").append(std::to_string(store_.ids().command(record.type))).append(",");
  connection.append_quoted(sql, record.json);
  sql += ",";
}

void PostgresTransaction::append_one(const store::CommandRecord& record, const store::StreamAppend& stream) {
  const Connection& connection = batch().connection();
  std::string values;
  append_request(values, record);
  values.append(std::to_string(stream.expected_version)).append(",");
  values.append(std::to_string(store_.ids().event(stream.events.front().type))).append(",");
  connection.append_quoted(values, stream.events.front().json);
  batch().add("execute seriatim_append_event(" + values + ")",
              {Origin::Kind::append, uuid_text(stream.aggregate_id), {}, {}, false});
  const auto together = [this](const std::string& change, const std::string& result) {
    return store_.append_event_statement(", changed as (" + change + ")", result);
  };
  batch().let_join({std::string{PostgresStore::append_event_types}, std::move(values),
                    PostgresStore::append_event_parameters, together});
}

void PostgresTransaction::append_all(const store::CommandRecord& command,
                                     const std::vector<const store::StreamAppend*>& streams, Timestamp created_at) {
  const Connection& connection = batch().connection();
  const TypeIds& ids = store_.ids();
  const std::vector<Flat> events = flatten(streams);
  std::string sql = "execute seriatim_append_events(";
  append_request(sql, command);
  append_value(sql, connection, command.command->event_aggregate_id);
  sql += ",";
  append_value(sql, connection, command.command->event_sequence_number);
  sql += ",";
  append_array(sql, streams, "uuid", [&](const auto* s) { append_value(sql, connection, s->aggregate_id); });
  append_array(sql, streams, "smallint", [&](const auto* s) { sql += std::to_string(ids.aggregate(s->aggregate_type)); });
  append_array(sql, streams, "integer", [&](const auto* s) { sql += std::to_string(s->expected_version); });
  append_array(sql, events, "uuid", [&](const Flat& e) { append_value(sql, connection, e.stream->aggregate_id); });
  append_array(sql, events, "integer", [&](const Flat& e) {
    sql += std::to_string(e.stream->expected_version + static_cast<std::int32_t>(e.index) + 1);
  });
  append_array(sql, events, "smallint",
               [&](const Flat& e) { sql += std::to_string(ids.event(e.stream->events[e.index].type)); });
  append_array(sql, events, "jsonb",
               [&](const Flat& e) { connection.append_quoted(sql, e.stream->events[e.index].json); });
  append_value(sql, connection, created_at);
  const bool creates = streams.size() == 1 && streams.front()->expected_version == 0;
  batch().add(sql + ")", {Origin::Kind::append, ids_text(streams), {}, {}, creates});
}

void PostgresTransaction::require_version(const AggregateId& id, std::int32_t version) {
  must_lock_ = true;
  lock({id});
  batch().add("execute seriatim_require_version('" + uuid_text(id) + "'," + std::to_string(version) + ")",
              {Origin::Kind::guard, uuid_text(id), {}, {}, false});
}

void PostgresTransaction::store_receipts(const store::Receipts& receipts) {
  batch().add(store_receipts_call(batch().connection(), receipts), {Origin::Kind::receipt, {}, {}, {}, false});
}

void PostgresTransaction::run(const SqlStatement& statement) {
  std::string call = "execute " + batch().prepare(statement.sql, [&] { return "as " + statement.sql; });
  for (std::size_t i = 0; i < statement.parameters.size(); ++i) {
    call += i == 0 ? "(" : ", ";
    append_value(call, batch().connection(), statement.parameters[i]);
  }
  if (!statement.parameters.empty()) call += ")";
  batch().add(std::move(call), {Origin::Kind::statement, {}, {}, {}, false});
}

views::Persistor& PostgresTransaction::persistor(std::size_t domain) {
  if (persistors_.size() <= domain) persistors_.resize(domain + 1);
  if (persistors_[domain] == nullptr) {
    persistors_[domain] = std::make_unique<LivePersistor>(batch(), store_.registry().domains()[domain].view_schema(), "",
                                                          quoted_name(store_.names().store, "raise"));
  }
  persistors_[domain]->attribute_to(origin_);
  return *persistors_[domain];
}

void PostgresTransaction::attribute_to(std::string_view projector, const EventHeader& header,
                                       std::string_view event_type) {
  origin_ = {Origin::Kind::projector, std::string{projector}, std::string{event_type}, header, false};
}

void PostgresTransaction::commit() {
  batch().send("commit", {Origin::Kind::commit, {}, {}, {}, false});
  finished_ = true;
}

}  // namespace seriatim::postgres
