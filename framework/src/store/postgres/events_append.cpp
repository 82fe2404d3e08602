#include "store/postgres/events_append.hpp"

#include <map>

#include "store/postgres/literals.hpp"

namespace seriatim::postgres {
namespace {

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

/// Under the same type, another writer may have been first, and then loading the aggregate is the way out.
[[noreturn]] void throw_taken(const std::string& id, const std::string& stored, const std::string& added) {
  if (stored == added) {
    throw_error<ErrorCode::optimistic_locking>("aggregate " + id + " exists already, as a " + stored +
                                               ": load it, or give the new one an id of its own");
  }
  throw_error<ErrorCode::non_unique_aggregate>("aggregate " + id + " cannot be added as a " + added +
                                               ", because it is stored already as a " + stored +
                                               ": give the new one an id of its own");
}

}  // namespace

std::string EventsAppend::sql(const store::CommandRecord& command, Timestamp created_at) const {
  const TypeIds& ids = store_.ids();
  const std::vector<Flat> events = flatten(streams_);
  std::string sql = "execute seriatim_append_events(";
  append_request(sql, command);
  append_literal(sql, connection_, command.command->event_aggregate_id);
  sql += ",";
  append_literal(sql, connection_, command.command->event_sequence_number);
  sql += ",";
  const auto array = [&sql](const auto& items, const char* type, const auto& append) {
    append_array(sql, items, type, append);
    sql += ",";
  };
  array(streams_, "uuid", [&](const auto* s) { append_literal(sql, connection_, s->aggregate_id); });
  array(streams_, "smallint", [&](const auto* s) { sql += std::to_string(ids.aggregate(s->aggregate_type)); });
  array(streams_, "integer", [&](const auto* s) { sql += std::to_string(s->expected_version); });
  array(events, "uuid", [&](const Flat& e) { append_literal(sql, connection_, e.stream->aggregate_id); });
  array(events, "integer", [&](const Flat& e) {
    sql += std::to_string(e.stream->expected_version + static_cast<std::int32_t>(e.index) + 1);
  });
  array(events, "smallint", [&](const Flat& e) { sql += std::to_string(ids.event(e.stream->events[e.index].type)); });
  array(events, "jsonb", [&](const Flat& e) { connection_.append_quoted(sql, e.stream->events[e.index].json); });
  array(streams_, "text", [&](const auto* s) { connection_.append_quoted(sql, s->partition_key); });
  append_literal(sql, connection_, created_at);
  sql += ",";
  append_array(sql, streams_, "boolean", [&](const auto* s) {
    sql += known_.ends_with(s->aggregate_id, s->expected_version) ? "true" : "false";
  });
  return sql + ")";
}

void EventsAppend::append_request(std::string& sql, const store::CommandRecord& record) const {
  const Command& command = *record.command;
  append_literal(sql, connection_, command.created_at);
  sql += ",";
  append_literal(sql, connection_, command.user_id);
  sql += ",";
  append_literal(sql, connection_, command.aggregate_id);
  sql.append(",").append(std::to_string(store_.ids().command(record.type))).append(",");
  connection_.append_quoted(sql, record.json);
  sql += ",";
}

std::string EventsAppend::aggregates() const {
  std::string out;
  for (const store::StreamAppend* stream : streams_) {
    if (!out.empty()) out += " or ";
    append_uuid(out, stream->aggregate_id);
  }
  return out;
}

std::function<void(Connection&)> EventsAppend::explanation() const {
  std::map<std::string, std::string> added;
  for (const store::StreamAppend* stream : streams_) {
    if (stream->expected_version != 0) continue;
    added[uuid_text(stream->aggregate_id)] = store_.registry().aggregates()[stream->aggregate_type].type->name;
  }
  if (added.empty()) return {};
  return [names = store_.names(), added = std::move(added)](Connection& connection) {
    std::string ids = "'{";
    for (const auto& [id, type] : added) ids.append(ids.size() > 2 ? "," : "").append(id);
    const std::pair<std::string_view, std::string> fill[] = {{"{ids}", ids + "}'"}};
    const pqxx::result stored = connection.execute(statement("load_types", names, fill));
    for (const auto& row : stored) throw_taken(row[0].c_str(), row[1].c_str(), added.at(row[0].c_str()));
  };
}

}  // namespace seriatim::postgres
