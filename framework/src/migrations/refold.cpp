#include "migrations/refold.hpp"

#include <set>

#include "store/postgres/literals.hpp"
#include "store/postgres/sql_statements.hpp"

namespace seriatim::migrations {
namespace {

using postgres::quoted_name;

std::vector<core::TypeIndex> types_of(std::span<RefoldedProjector* const> projectors) {
  std::set<core::TypeIndex> types;
  for (const RefoldedProjector* projector : projectors) {
    types.insert(projector->projection().types().begin(), projector->projection().types().end());
  }
  return {types.begin(), types.end()};
}

std::string query(const postgres::PostgresStore& store, std::span<RefoldedProjector* const> projectors,
                  const std::vector<AggregateId>& aggregates) {
  std::string types;
  for (const int id : store.ids().stored_as(types_of(projectors))) {
    types.append(types.empty() ? "" : ",").append(std::to_string(id));
  }
  return "select e.aggregate_id, e.sequence_number, e.created_at, e.event_type_id, e.event_json from " +
         quoted_name(store.names().store, "events") + " e join " + quoted_name(store.names().store, "aggregates") +
         " a on a.events_partition_key = e.partition_key and a.aggregate_id = e.aggregate_id"
         " where e.event_type_id = any(array[" + types + "]::smallint[]) and a.aggregate_id = any(" +
         uuid_array(aggregates) + ") order by e.partition_key, e.aggregate_id, e.sequence_number";
}

ReplayEvent event_of(const postgres::PostgresStore& store, const pqxx::row& row) {
  ReplayEvent event{};
  postgres::read_field(row[0], attributes::type_of<Uuid>, &event.header.aggregate_id, "aggregate_id");
  event.header.sequence_number = row[1].as<std::int32_t>();
  postgres::read_field(row[2], attributes::type_of<Timestamp>, &event.header.created_at, "created_at");
  const postgres::TypeIds::EventName* name = store.ids().event_of(row[3].as<int>());
  event.type = name->type;
  event.type_name = name->name;
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
  std::int64_t events = 0;
  const auto apply = [&](const ReplayEvent& event) {
    for (RefoldedProjector* projector : projectors) projector->apply(event, aggregates == nullptr);
    ++events;
  };
  if (aggregates == nullptr) {
    EventReader{connection, store, types_of(projectors)}.read_in_commit_order({}, apply);
    return events;
  }
  connection.execute("declare seriatim_refold no scroll cursor for " + query(store, projectors, *aggregates));
  for (auto rows = connection.execute("fetch 10000 from seriatim_refold"); !rows.empty();
       rows = connection.execute("fetch 10000 from seriatim_refold")) {
    for (const auto& row : rows) apply(event_of(store, row));
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
