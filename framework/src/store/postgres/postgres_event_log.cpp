#include "store/postgres/postgres_event_log.hpp"

#include <algorithm>

#include "core/aggregate_viewer.hpp"
#include "store/postgres/literals.hpp"
#include "store/postgres/lease.hpp"

namespace seriatim::postgres {
namespace {

constexpr const char* fetch = "fetch 1000 from seriatim_events";
constexpr std::int64_t streams_a_block = 1000;

LoggedEvent event_of(const pqxx::row& row) {
  LoggedEvent event{};
  read_field(row[0], attributes::type_of<Uuid>, &event.aggregate_id, "aggregate_id");
  event.sequence_number = row[1].as<std::int32_t>();
  read_field(row[2], attributes::type_of<Timestamp>, &event.created_at, "created_at");
  event.type = row[3].c_str();
  event.json = row[4].c_str();
  event.transaction = row[5].as<std::int64_t>();
  return event;
}

StreamInfo stream_of(const pqxx::row& row) {
  StreamInfo stream{};
  read_field(row[0], attributes::type_of<Uuid>, &stream.aggregate_id, "aggregate_id");
  stream.type = row[1].c_str();
  stream.partition_key = row[2].c_str();
  read_field(row[3], attributes::type_of<Timestamp>, &stream.created_at, "created_at");
  return stream;
}

/// The snapshot of the connection's transaction. A standby reports none of the transactions in flight.
std::string current_snapshot(Connection& connection) {
  const pqxx::result row = connection.execute("select pg_current_snapshot()::text, pg_is_in_recovery()");
  if (!row[0][1].as<bool>()) return row[0][0].c_str();
  throw_error<ErrorCode::usage>("events are read by marks from the primary server alone, and " + connection.where() +
                                " is a standby");
}

/// xmin and xmax: below the first everything was decided, from the second on nothing.
struct Bounds {
  std::string lowest;
  std::string next;
};

Bounds bounds_of(const std::string& snapshot) {
  const std::size_t first = snapshot.find(':');
  const std::size_t second = snapshot.find(':', first + 1);
  return {snapshot.substr(0, first), snapshot.substr(first + 1, second - first - 1)};
}

std::string visible_in(const std::string& snapshot) {
  return "pg_visible_in_snapshot(w.xact_id::text::xid8, '" + snapshot + "'::pg_snapshot)";
}

std::string later_than(const std::string& snapshot) {
  const auto [lowest, next] = bounds_of(snapshot);
  return " and w.xact_id >= " + lowest + " and (w.xact_id >= " + next + " or not " + visible_in(snapshot) + ")";
}

std::string not_later_than(const std::string& snapshot) {
  const auto [lowest, next] = bounds_of(snapshot);
  return " and (w.xact_id is null or w.xact_id < " + lowest + " or (w.xact_id < " + next + " and " +
         visible_in(snapshot) + "))";
}

/// Reads of the whole log are planned as any other program's, and not as those of commands are.
constexpr const char* begin_reading =
    "begin isolation level repeatable read read only; set local enable_seqscan = on; set local enable_mergejoin = on";

}  // namespace

std::string PostgresEventLog::query(const Connection& connection, const EventFilter& filter, const Window& window,
                                    std::int64_t limit) const {
  std::string within = "true";
  if (!window.since.empty()) within += later_than(window.since);
  if (!window.open) within += not_later_than(window.until);
  if (filter.aggregate_id) {
    within += " and (w.partition_key, w.aggregate_id) in (select events_partition_key, aggregate_id from " +
              quoted_name(store_.names().store, "aggregates") + " where aggregate_id = '" +
              uuid_text(*filter.aggregate_id) + "')";
  }
  std::string wanted = "true";
  if (filter.type) {
    wanted += " and t.type = ";
    connection.append_quoted(wanted, *filter.type);
  }
  if (window.behind) {
    wanted += " and (e.place, e.aggregate_id, e.sequence_number) > ('" + std::to_string(window.behind->transaction) +
              "'::bigint, '" + uuid_text(window.behind->aggregate_id) + "', " + std::to_string(window.behind->sequence_number) +
              ")";
  }
  const std::pair<std::string_view, std::string> fill[] = {{"{window}", within}, {"{filter}", wanted}};
  std::string sql = statement("read_events", store_.names(), fill);
  if (limit > 0) sql += " limit " + std::to_string(limit);
  return sql;
}

Mark PostgresEventLog::read(const EventFilter& filter, const EventVisitor& visit) {
  const Lease lease{store_.pool()};
  Connection& connection = *lease;
  connection.execute(begin_reading);
  const std::string now = current_snapshot(connection);
  const Mark after = filter.after.value_or(Mark{});
  std::vector<Window> windows;
  if (!after.until_.empty()) windows.push_back({after.since_, after.until_, false, after.place_});
  windows.push_back({after.until_.empty() ? after.since_ : after.until_, now, true, std::nullopt});
  std::int64_t left = filter.limit;
  for (const Window& window : windows) {
    Mark mark{window.since, window.until, {}};
    left -= visit_window(connection, filter, window, left, mark, visit);
    if (filter.limit > 0 && left == 0) return mark;
  }
  return {now, {}, {}};
}

std::int64_t PostgresEventLog::visit_window(Connection& connection, const EventFilter& filter, const Window& window,
                                            std::int64_t limit, Mark& mark, const EventVisitor& visit) {
  const core::EventDecoder decoder{store_.registry()};
  std::int64_t count = 0;
  connection.execute("declare seriatim_events no scroll cursor for " + query(connection, filter, window, limit));
  for (pqxx::result rows = connection.execute(fetch); !rows.empty(); rows = connection.execute(fetch)) {
    for (const auto& row : rows) {
      const LoggedEvent event = event_of(row);
      mark.place_ = {row[6].as<std::int64_t>(), event.aggregate_id, event.sequence_number};
      if (filter.upcast) {
        visit_current(decoder, event, mark, visit);
      } else {
        visit(event, mark);
      }
      ++count;
    }
  }
  connection.execute("close seriatim_events");
  return count;
}

void PostgresEventLog::visit_current(const core::EventDecoder& decoder, const LoggedEvent& event, const Mark& mark,
                                     const EventVisitor& visit) const {
  const core::Registry& registry = store_.registry();
  if (!registry.upcasters().knows(event.type)) return visit(event, mark);
  decoder.current(registry.event(event.type), event.type, event.json, event.aggregate_id, event.sequence_number,
                  [&](core::TypeIndex type, std::string_view json) {
                    LoggedEvent current = event;
                    current.type = registry.events()[type].type.name;
                    current.json = json;
                    visit(current, mark);
                  });
}

Mark PostgresEventLog::position_mark() {
  const Lease connection{store_.pool()};
  return {current_snapshot(*connection), {}, {}};
}

std::vector<StreamInfo> PostgresEventLog::block_of_streams(const StreamFilter& filter, std::int64_t size) {
  const Lease lease{store_.pool()};
  Connection& connection = *lease;
  const std::pair<std::string_view, std::string> fill[] = {
      {"{after}", filter.after ? "'" + uuid_text(*filter.after) + "'::uuid" : "null::uuid"},
      {"{type}", filter.type ? connection.quoted(*filter.type) + "::text" : "null::text"},
      {"{limit}", std::to_string(size)}};
  std::vector<StreamInfo> block;
  for (const auto& row : connection.execute(statement("list_streams", store_.names(), fill))) {
    block.push_back(stream_of(row));
  }
  return block;
}

void PostgresEventLog::streams(const StreamFilter& filter, const std::function<void(const StreamInfo&)>& visit) {
  StreamFilter rest = filter;
  for (;;) {
    const std::int64_t size = filter.limit > 0 ? std::min(rest.limit, streams_a_block) : streams_a_block;
    const std::vector<StreamInfo> block = block_of_streams(rest, size);
    for (const StreamInfo& stream : block) visit(stream);
    rest.limit -= static_cast<std::int64_t>(block.size());
    if (block.size() < static_cast<std::size_t>(size) || (filter.limit > 0 && rest.limit == 0)) return;
    rest.after = block.back().aggregate_id;
  }
}

AggregateSnapshot PostgresEventLog::show(const AggregateId& id, std::optional<std::int32_t> at) {
  core::AggregateViewer viewer{store_.registry(), id, at};
  const auto transaction = store_.begin_anew({});
  if (!(at ? transaction->load_past(id, *at, viewer) : transaction->load(id, viewer))) {
    throw_error<ErrorCode::aggregate_not_found>("there is no aggregate with id " + uuid_text(id));
  }
  return viewer.shown();
}

AggregateSnapshot PostgresEventLog::show_until(const AggregateId& id, Timestamp moment) {
  core::AggregateViewer viewer{store_.registry(), id, std::nullopt};
  if (!store_.begin_anew({})->load_past(id, moment, viewer)) {
    throw_error<ErrorCode::aggregate_not_found>("there was no aggregate with id " + uuid_text(id) + " at " +
                                                to_string(moment, 6));
  }
  return viewer.shown();
}

}  // namespace seriatim::postgres
