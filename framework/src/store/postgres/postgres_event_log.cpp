#include "store/postgres/postgres_event_log.hpp"

#include "core/aggregate_viewer.hpp"
#include "store/postgres/literals.hpp"

namespace seriatim::postgres {
namespace {

constexpr const char* fetch = "fetch 1000 from seriatim_events";

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

/// A connection whose transaction is rolled back, and which is given back, when the reading ends or fails.
class Reading {
 public:
  explicit Reading(Pool& pool) : pool_{pool}, connection_{pool.take()} {}
  ~Reading() {
    try {
      if (connection_->usable()) connection_->execute("rollback");
      pool_.give_back(std::move(connection_));
    } catch (const std::exception&) {
      connection_.reset();
    }
  }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

  Connection& connection() noexcept { return *connection_; }

 private:
  Pool& pool_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace

std::string PostgresEventLog::query(const Connection& connection, const EventFilter& filter) const {
  const std::string& schema = store_.names().store;
  std::string sql =
      "select e.aggregate_id, e.sequence_number, e.created_at, t.type, e.event_json, coalesce(e.xact_id, 0) from " +
      quoted_name(schema, "events") + " e join " + quoted_name(schema, "event_types") +
      " t on t.id = e.event_type_id where true";
  if (filter.aggregate_id) {
    sql += " and (e.partition_key, e.aggregate_id) in (select events_partition_key, aggregate_id from " +
           quoted_name(schema, "aggregates") + " where aggregate_id = '" + uuid_text(*filter.aggregate_id) + "')";
  }
  if (filter.type) {
    sql += " and t.type = ";
    connection.append_quoted(sql, *filter.type);
  }
  if (filter.after) sql += " and e.xact_id > " + std::to_string(*filter.after);
  sql += filter.aggregate_id ? " order by e.sequence_number"
                             : " order by e.xact_id nulls first, e.aggregate_id, e.sequence_number";
  if (filter.limit > 0) sql += " limit " + std::to_string(filter.limit);
  return sql;
}

void PostgresEventLog::read(const EventFilter& filter, const std::function<void(const LoggedEvent&)>& visit) {
  Reading reading{store_.pool()};
  Connection& connection = reading.connection();
  connection.execute("begin read only; declare seriatim_events no scroll cursor for " + query(connection, filter));
  for (pqxx::result rows = connection.execute(fetch); !rows.empty(); rows = connection.execute(fetch)) {
    for (const auto& row : rows) visit(event_of(row));
  }
}

AggregateSnapshot PostgresEventLog::show(const AggregateId& id, std::optional<std::int32_t> at) {
  core::AggregateViewer viewer{store_.registry(), id, at};
  const auto transaction = store_.begin({});
  if (!(at ? transaction->load_past(id, *at, viewer) : transaction->load(id, viewer))) {
    throw_error<ErrorCode::aggregate_not_found>("there is no aggregate with id " + uuid_text(id));
  }
  return viewer.shown();
}

AggregateSnapshot PostgresEventLog::show_until(const AggregateId& id, Timestamp moment) {
  core::AggregateViewer viewer{store_.registry(), id, std::nullopt};
  if (!store_.begin({})->load_past(id, moment, viewer)) {
    throw_error<ErrorCode::aggregate_not_found>("there was no aggregate with id " + uuid_text(id) + " at " +
                                                to_string(moment, 6));
  }
  return viewer.shown();
}

}  // namespace seriatim::postgres
