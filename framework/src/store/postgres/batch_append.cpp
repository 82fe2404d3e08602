#include "store/postgres/batch_append.hpp"

#include <set>

#include "store/postgres/array_text.hpp"
#include "store/postgres/literals.hpp"

namespace seriatim::postgres {
namespace {

template <class Value>
void add_optional(ArrayText& array, const std::optional<Value>& value) {
  if (value) {
    array.add(*value);
  } else {
    array.add_null();
  }
}

std::string call(const Connection& connection, const char* name, std::initializer_list<const ArrayText*> arrays) {
  std::string sql = std::string{"execute "} + name;
  const char* separator = "(";
  for (const ArrayText* array : arrays) {
    sql += std::exchange(separator, ",");
    array->append_to(sql, connection);
  }
  return sql += ")";
}

}  // namespace

std::string BatchAppend::lock() const {
  std::set<AggregateId> ids;
  for (const auto& [id, stream] : write_.streams) {
    if (stream.before > 0) ids.insert(id);
  }
  for (const auto& [id, version] : write_.required) ids.insert(id);
  if (ids.empty()) return {};
  ArrayText array;
  for (const AggregateId& id : ids) array.add(id);
  return call(connection_, "seriatim_lock_aggregates", {&array});
}

std::string BatchAppend::require_versions() const {
  std::map<AggregateId, std::int32_t> versions = write_.read;
  versions.insert(write_.required.begin(), write_.required.end());
  for (const auto& [id, stream] : write_.streams) {
    if (stream.before > 0) versions.emplace(id, stream.before);
  }
  if (versions.empty()) return {};
  ArrayText ids;
  ArrayText numbers;
  ArrayText editions;
  for (const auto& [id, version] : versions) {
    ids.add(id);
    numbers.add(version);
    if (const auto edition = write_.editions.find(id); edition != write_.editions.end()) {
      editions.add_plain(edition->second);
    } else {
      editions.add_null();
    }
  }
  return call(connection_, "seriatim_require_versions", {&ids, &numbers, &editions});
}

std::string BatchAppend::create() const {
  ArrayText ids;
  ArrayText types;
  ArrayText partitions;
  ArrayText times;
  bool any = false;
  for (const auto& [id, stream] : write_.streams) {
    if (stream.before != 0) continue;
    any = true;
    ids.add(id);
    types.add(store_.ids().aggregate(stream.type));
    partitions.add_text(stream.partition_key);
    times.add(stream.created_at);
  }
  if (!any) return {};
  return call(connection_, "seriatim_create_aggregates", {&ids, &types, &partitions, &times});
}

std::string BatchAppend::append() const {
  if (write_.commands.empty()) return {};
  ArrayText asked;
  ArrayText users;
  ArrayText aggregates;
  ArrayText command_types;
  ArrayText payloads;
  ArrayText causes;
  ArrayText cause_numbers;
  for (const store::BatchCommand& command : write_.commands) {
    asked.add(command.command.created_at);
    add_optional(users, command.command.user_id);
    aggregates.add(command.command.aggregate_id);
    command_types.add(store_.ids().command(command.type));
    payloads.add_text(command.json);
    add_optional(causes, command.command.event_aggregate_id);
    add_optional(cause_numbers, command.command.event_sequence_number);
  }
  ArrayText streams;
  ArrayText numbers;
  ArrayText types;
  ArrayText events;
  ArrayText commands;
  ArrayText times;
  for (const store::BatchEvent& event : write_.events) {
    streams.add(event.aggregate_id);
    numbers.add(event.sequence_number);
    types.add(store_.ids().event(event.type));
    events.add_text(event.json);
    commands.add(static_cast<std::int64_t>(event.command) + 1);
    times.add(event.created_at);
  }
  return call(connection_, "seriatim_append_batch",
              {&asked, &users, &aggregates, &command_types, &payloads, &causes, &cause_numbers, &streams, &numbers, &types,
               &events, &commands, &times});
}

std::string BatchAppend::store_receipts() const {
  if (write_.receipts.empty()) return {};
  ArrayText keys;
  ArrayText requests;
  ArrayText outcomes;
  for (const store::Receipts& receipts : write_.receipts) {
    for (const std::string& key : receipts.keys) {
      keys.add_text(key);
      requests.add_text(receipts.request);
      outcomes.add_text(receipts.outcome);
    }
  }
  return call(connection_, "seriatim_store_batch_receipts", {&keys, &requests, &outcomes});
}

}  // namespace seriatim::postgres
