#include "migrations/gate.hpp"

#include "migrations/fingerprint.hpp"
#include "migrations/table_shape.hpp"
#include "migrations/version_table.hpp"

namespace seriatim::migrations {
namespace {

using postgres::quoted_name;

/// Whether the loaded domains can read events that are stored under the name.
bool can_read(const core::Registry& registry, const std::string& stored_name) {
  return registry.event(stored_name) != core::unknown_type || registry.upcasters().knows(stored_name);
}

/// Reads no events while all types that programs have noted can be read, which is the usual case.
void check_events(postgres::Connection& connection, const postgres::PostgresStore& store,
                  std::vector<std::string>& out) {
  std::vector<std::string> names;
  for (const core::RegisteredAggregate& aggregate : store.registry().aggregates())
    names.emplace_back(aggregate.type->name);
  if (names.empty()) return;
  const std::string aggregates = text_array(connection, names);
  const std::pair<std::string_view, std::string> of_ours[] = {{"{aggregates}", aggregates}};
  std::vector<std::string> undeclared;
  for (const auto& row : connection.execute(postgres::statement("noted_events", store.names(), of_ours))) {
    if (!can_read(store.registry(), row[0].c_str())) undeclared.emplace_back(row[0].c_str());
  }
  if (undeclared.empty()) return;
  const std::pair<std::string_view, std::string> fill[] = {{"{aggregates}", aggregates},
                                                           {"{undeclared}", text_array(connection, undeclared)}};
  for (const auto& row : connection.execute(postgres::statement("undeclared_events", store.names(), fill))) {
    out.push_back(std::string{"aggregates of type "} + row[0].c_str() + " have events of type " + row[1].c_str() +
                  ", which no loaded domain declares");
  }
}

/// The managed tables that this program may write: by domain and version.
struct Writable {
  const Domain* domain;
  const RecordType* record;
};

void check_views(postgres::Connection& connection, const postgres::PostgresStore& store,
                 std::vector<std::string>& out) {
  std::vector<Writable> writable;
  std::vector<TableName> tables;
  for (const Domain& domain : store.registry().domains()) {
    if (domain.projectors().empty()) continue;
    const int version = VersionTable{connection, domain.view_schema()}.current();
    for (const ProjectorType& projector : domain.projectors()) {
      if (!is_current(domain, projector, version)) continue;
      for (const RecordType* record : projector.manages) {
        writable.push_back({&domain, record});
        tables.emplace_back(domain.view_schema(), record->table);
      }
    }
    BuiltViews built{connection, store.names(), domain.view_schema()};
    for (std::string& text : unplanned_changes(domain, version, built.projectors())) out.push_back(std::move(text));
  }
  if (tables.empty()) return;
  const TableShapes shapes = table_shapes(connection, store.names(), tables);
  for (std::size_t i = 0; i < writable.size(); ++i) {
    for (std::string& text : misfits(*writable[i].record, tables[i], shapes)) out.push_back(std::move(text));
  }
}

/// Programs that start later need not look for these among the events.
void note_declared(postgres::Connection& connection, const postgres::PostgresStore& store) {
  std::string values;
  const postgres::TypeIds& ids = store.ids();
  for (std::size_t i = 0; i < store.registry().aggregates().size(); ++i) {
    const auto type = static_cast<core::TypeIndex>(i);
    for (const EventFold& fold : store.registry().aggregates()[i].type->events) {
      values.append(values.empty() ? "(" : ", (").append(std::to_string(ids.aggregate(type))).append(", ");
      values.append(std::to_string(ids.event(store.registry().event(fold.event.name)))).append(")");
    }
  }
  if (values.empty()) return;
  const std::string table = quoted_name(store.names().store, "stream_event_types");
  const std::string missing = " from (values " + values + ") as declared (a, e) where not exists (select from " +
                              table + " s where s.aggregate_type_id = declared.a and s.event_type_id = declared.e)";
  if (connection.execute("select exists (select" + missing + ")")[0][0].as<bool>()) {
    connection.execute("insert into " + table +
                       " (aggregate_type_id, event_type_id) select distinct a::smallint, e::smallint" + missing +
                       " order by 1, 2 on conflict do nothing");
  }
}

}  // namespace

std::vector<std::string> mismatches(postgres::Connection& connection, const postgres::PostgresStore& store) {
  std::vector<std::string> out;
  // One snapshot: a migration that switches meanwhile shows as a whole or not at all.
  connection.execute("begin isolation level repeatable read read only");
  check_events(connection, store, out);
  check_views(connection, store, out);
  connection.execute("rollback");
  return out;
}

void pass_gate(postgres::Connection& connection, const postgres::PostgresStore& store) {
  const std::vector<std::string> found = mismatches(connection, store);
  if (!found.empty()) {
    std::string message = "the loaded domains do not fit what is stored in " + connection.where() + ": ";
    for (std::size_t i = 0; i < found.size(); ++i) message.append(i == 0 ? "" : "; ").append(found[i]);
    throw_error<ErrorCode::domain_mismatch>(message + " (load the plugins that fit, or migrate the views)");
  }
  note_declared(connection, store);
}

std::int64_t record_stored_types(postgres::Connection& connection, const postgres::PostgresStore& store) {
  return static_cast<std::int64_t>(
      connection.execute(postgres::statement("record_stored_types", store.names())).size());
}

}  // namespace seriatim::migrations
