#include "migrations/refold.hpp"

#include <set>

#include "store/postgres/literals.hpp"
#include "store/postgres/sql_statements.hpp"

namespace seriatim::migrations {
namespace {

using postgres::quoted_name;

std::string type_array(const postgres::PostgresStore& store, std::span<RefoldedProjector* const> projectors) {
  std::set<int> ids;
  for (const RefoldedProjector* projector : projectors) {
    for (const core::TypeIndex type : projector->projection().types()) ids.insert(store.ids().event(type));
  }
  std::string out;
  for (const int id : ids) out.append(out.empty() ? "array[" : ",").append(std::to_string(id));
  return out.empty() ? "array[]::smallint[]" : out + "]::smallint[]";
}

std::string query(const postgres::PostgresStore& store, std::span<RefoldedProjector* const> projectors,
                  const std::vector<AggregateId>* aggregates) {
  std::string sql = "select e.aggregate_id, e.sequence_number, e.created_at, e.event_type_id, e.event_json from " +
                    quoted_name(store.names().store, "events") + " e";
  if (aggregates != nullptr) {
    sql += " join " + quoted_name(store.names().store, "aggregates") +
           " a on a.events_partition_key = e.partition_key and a.aggregate_id = e.aggregate_id";
  }
  sql += " where e.event_type_id = any(" + type_array(store, projectors) + ")";
  if (aggregates != nullptr) sql += " and a.aggregate_id = any(" + uuid_array(*aggregates) + ")";
  return sql + " order by e.partition_key, e.aggregate_id, e.sequence_number";
}

ReplayEvent event_of(const postgres::PostgresStore& store, const pqxx::row& row) {
  ReplayEvent event{};
  postgres::read_field(row[0], attributes::type_of<Uuid>, &event.header.aggregate_id, "aggregate_id");
  event.header.sequence_number = row[1].as<std::int32_t>();
  postgres::read_field(row[2], attributes::type_of<Timestamp>, &event.header.created_at, "created_at");
  event.type = store.ids().event_of(row[3].as<int>())->type;
  event.json = {row[4].c_str(), row[4].size()};
  return event;
}

}  // namespace

void RefoldedProjector::apply(const ReplayEvent& event, bool together) {
  if (!local_ && !together) return;
  if (event.header.aggregate_id != current_) {
    current_ = event.header.aggregate_id;
    rows_->begin_aggregate(*current_);
  }
  try {
    projection_.project(event, *rows_, [](const ProjectorType&, const ReplayEvent&) {});
  } catch (const Error&) {
    // What it missed may be a row of an aggregate that is not at hand.
    if (rows_->local() || together) throw;
  }
  local_ = local_ && rows_->local();
}

void RefoldedProjector::check_owners() {
  for (const RecordType* record : type_.manages) {
    const auto columns = rows_->local_columns(*record);
    if (columns && columns->empty()) local_ = false;
  }
}

std::int64_t refold(postgres::Connection& connection, const postgres::PostgresStore& store,
                    std::span<RefoldedProjector* const> projectors, const std::vector<AggregateId>* aggregates) {
  for (RefoldedProjector* projector : projectors) projector->begin();
  connection.execute("declare seriatim_refold no scroll cursor for " + query(store, projectors, aggregates));
  std::int64_t events = 0;
  for (auto rows = connection.execute("fetch 10000 from seriatim_refold"); !rows.empty();
       rows = connection.execute("fetch 10000 from seriatim_refold")) {
    for (const auto& row : rows) {
      const ReplayEvent event = event_of(store, row);
      for (RefoldedProjector* projector : projectors) projector->apply(event, aggregates == nullptr);
      ++events;
    }
  }
  connection.execute("close seriatim_refold");
  return events;
}

std::string uuid_array(const std::vector<AggregateId>& ids) {
  std::string out = "array[";
  for (const AggregateId& id : ids) out.append(out.size() == 6 ? "'" : ",'").append(uuid_text(id)).append("'");
  return out + "]::uuid[]";
}

}  // namespace seriatim::migrations
