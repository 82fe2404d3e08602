#include <algorithm>
#include <span>

#include "store/postgres/postgres_store.hpp"

namespace seriatim::postgres {
namespace {

std::string array_of(const Connection& connection, const std::vector<std::string_view>& names) {
  std::string out = "array[";
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i != 0) out += ", ";
    connection.append_quoted(out, std::string{names[i]});
  }
  return out + "]";
}

/// id -> name of one types table.
std::vector<std::string> read_names(Connection& connection, const SchemaNames& names, std::string_view table) {
  std::vector<std::string> by_id;
  const auto rows = connection.execute("select id, type from " + quoted_name(names.store, table));
  for (const auto& row : rows) {
    const auto id = row[0].as<std::size_t>();
    if (id >= by_id.size()) by_id.resize(id + 1);
    by_id[id] = row[1].c_str();
  }
  return by_id;
}

/// Registers what is missing and reads the whole table.
std::vector<std::string> intern(Connection& connection, const SchemaNames& names, std::string_view table,
                                const std::vector<std::string_view>& wanted) {
  std::vector<std::string> known = read_names(connection, names, table);
  const auto is_known = [&](std::string_view name) { return std::find(known.begin(), known.end(), name) != known.end(); };
  if (std::all_of(wanted.begin(), wanted.end(), is_known)) return known;
  const std::string table_text = connection.quoted(quoted_name(names.store, table));
  const std::pair<std::string_view, std::string> fill[] = {
      {"{table}", quoted_name(table)}, {"{table_text}", table_text}, {"{names}", array_of(connection, wanted)}};
  // An advisory lock, because the application role may insert types and not lock their table.
  connection.transact("select pg_advisory_xact_lock(1936028521, " + table_text + "::regclass::oid::integer); " +
                      statement("register_types", names, fill));
  return read_names(connection, names, table);
}

/// The names of a registry's types.
struct TypeNames {
  explicit TypeNames(const core::Registry& registry) {
    for (const auto& event : registry.events()) events.push_back(event.type.name);
    for (const auto& command : registry.commands()) commands.push_back(command.type.name);
    for (const auto& aggregate : registry.aggregates()) aggregates.push_back(aggregate.type->name);
  }

  std::vector<std::string_view> events;
  std::vector<std::string_view> commands;
  std::vector<std::string_view> aggregates;
};

void require_same(const std::vector<std::string>& by_id, std::span<const std::string_view> wanted, std::span<const int> ids) {
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const auto id = static_cast<std::size_t>(ids[i]);
    if (id < by_id.size() && by_id[id] == wanted[i]) continue;
    throw_error<ErrorCode::configuration>(
        "the database was replaced while this program ran: the type " + std::string{wanted[i]} + " had the number " +
        std::to_string(id) + " in it, which is " +
        (id < by_id.size() && !by_id[id].empty() ? by_id[id] + "'s now" : "nobody's now") + "; start the program anew");
  }
}

std::vector<int> ids_of(const std::vector<std::string>& by_id, const std::vector<std::string_view>& wanted) {
  std::vector<int> ids;
  for (const std::string_view name : wanted) {
    ids.push_back(static_cast<int>(std::find(by_id.begin(), by_id.end(), name) - by_id.begin()));
  }
  return ids;
}

}  // namespace

TypeIds::TypeIds(Connection& connection, const SchemaNames& names, const core::Registry& registry)
    : registry_{registry} {
  const TypeNames types{registry};
  aggregates_by_id_ = intern(connection, names, "aggregate_types", types.aggregates);
  aggregate_ids_ = ids_of(aggregates_by_id_, types.aggregates);
  command_ids_ = ids_of(intern(connection, names, "command_types", types.commands), types.commands);
  const std::vector<std::string> event_names = intern(connection, names, "event_types", types.events);
  event_ids_ = ids_of(event_names, types.events);
  for (const std::string& name : event_names) events_by_id_.push_back({registry.event(name), name});
}

void TypeIds::require_in(Connection& connection, const SchemaNames& names) const {
  const TypeNames types{registry_};
  require_same(read_names(connection, names, "event_types"), types.events, event_ids_);
  require_same(read_names(connection, names, "command_types"), types.commands, command_ids_);
  require_same(read_names(connection, names, "aggregate_types"), types.aggregates, aggregate_ids_);
}

const TypeIds::EventName* TypeIds::event_of(int id) const {
  const auto index = static_cast<std::size_t>(id);
  return index < events_by_id_.size() ? &events_by_id_[index] : nullptr;
}

std::vector<int> TypeIds::stored_as(const std::vector<core::TypeIndex>& types) const {
  std::vector<int> ids;
  for (std::size_t id = 0; id < events_by_id_.size(); ++id) {
    const std::string& name = events_by_id_[id].name;
    const auto leads_there = [&](core::TypeIndex type) { return registry_.upcasters().may_become(name, type); };
    if (!name.empty() && std::any_of(types.begin(), types.end(), leads_there)) ids.push_back(static_cast<int>(id));
  }
  return ids;
}

std::size_t TypeIds::events() const noexcept {
  const auto known = [](const EventName& event) { return !event.name.empty(); };
  return static_cast<std::size_t>(std::count_if(events_by_id_.begin(), events_by_id_.end(), known));
}

const std::string* TypeIds::aggregate_name_of(int id) const {
  const auto index = static_cast<std::size_t>(id);
  return index < aggregates_by_id_.size() ? &aggregates_by_id_[index] : nullptr;
}

}  // namespace seriatim::postgres
