#include "store/memory/memory_data.hpp"

namespace seriatim::memory {
namespace {

[[noreturn]] void throw_taken(const AggregateId& id, std::string_view stored, std::string_view added) {
  if (stored == added) {
    throw_error<ErrorCode::optimistic_locking>("aggregate " + uuid_text(id) + " exists already, as a " +
                                               std::string{stored} + ": load it, or give the new one an id of its own");
  }
  throw_error<ErrorCode::non_unique_aggregate>("aggregate " + uuid_text(id) + " cannot be added as a " +
                                               std::string{added} + ", because it is stored already as a " +
                                               std::string{stored} + ": give the new one an id of its own");
}

std::string_view name_of(const core::Registry& registry, core::TypeIndex type) {
  return registry.aggregates()[type].type->name;
}

void check_stream(const MemoryData& data, const AggregateId& id, const MemoryAppend& append,
                  const core::Registry& registry) {
  const std::int32_t version = data.version(id);
  if (append.before == version) return;
  if (append.before == 0) throw_taken(id, name_of(registry, data.streams.at(id).type), name_of(registry, append.type));
  if (append.before > version) {
    throw_error<ErrorCode::integrity>("event " + std::to_string(append.before + 1) + " of aggregate " + uuid_text(id) +
                                      " would leave a gap, because its last event is number " + std::to_string(version) +
                                      ": load the aggregate before changing it");
  }
  throw_error<ErrorCode::optimistic_locking>("another writer was first to change aggregate " + uuid_text(id) +
                                             ": load it again and retry");
}

std::string type_of_writer(const MemoryData& data, const MemoryWrites& writes, const AggregateId& id,
                           const core::Registry& registry) {
  const auto added = writes.streams.find(id);
  if (added != writes.streams.end()) return std::string{name_of(registry, added->second.type)};
  const auto stored = data.streams.find(id);
  return stored == data.streams.end() ? "aggregate" : std::string{name_of(registry, stored->second.type)};
}

/// All keys change at one instant: those that are given up are free for the others.
void check_unique_keys(const MemoryData& data, const MemoryWrites& writes, const core::Registry& registry) {
  std::map<std::pair<std::string, std::string>, std::optional<AggregateId>> now;
  for (const store::UniqueKeyChange& change : writes.keys.unique_keys) {
    const auto old = data.held_keys.find({change.aggregate_id, change.scope});
    if (old != data.held_keys.end()) now[{change.scope, old->second}].reset();
  }
  for (const store::UniqueKeyChange& change : writes.keys.unique_keys) {
    if (!change.key) continue;
    const auto stored = data.key_holders.find({change.scope, *change.key});
    const auto [place, untouched] = now.try_emplace({change.scope, *change.key});
    if (untouched && stored != data.key_holders.end()) place->second = stored->second;
    if (place->second) {
      throw AggregateKeyNotUnique{{type_of_writer(data, writes, change.aggregate_id, registry), change.aggregate_id,
                                   change.scope, *change.key, place->second}};
    }
    place->second = change.aggregate_id;
  }
}

void change_unique_keys(MemoryData& data, const store::KeyChanges& changes) {
  for (const store::UniqueKeyChange& change : changes.unique_keys) {
    const auto old = data.held_keys.find({change.aggregate_id, change.scope});
    if (old == data.held_keys.end()) continue;
    data.key_holders.erase({change.scope, old->second});
    data.held_keys.erase(old);
  }
  for (const store::UniqueKeyChange& change : changes.unique_keys) {
    if (!change.key) continue;
    data.key_holders.insert_or_assign({change.scope, *change.key}, change.aggregate_id);
    data.held_keys.insert_or_assign({change.aggregate_id, change.scope}, *change.key);
  }
}

void check_receipts(const MemoryData& data, const MemoryWrites& writes) {
  for (const store::Receipts& receipts : writes.receipts) {
    for (const std::string& key : receipts.keys) {
      if (data.receipts.count(key) == 0) continue;
      throw_error<ErrorCode::idempotency_key_reused>("another call with the same idempotency key was first");
    }
  }
}

void add_stream(MemoryData& data, const AggregateId& id, MemoryAppend append, std::size_t first_command) {
  MemoryStream& stream = data.streams.try_emplace(id, MemoryStream{append.type, append.partition_key, {}}).first->second;
  for (const EventPtr& event : append.events) {
    MemoryEvent placed = *event;
    placed.command += first_command;
    stream.events.push_back(std::make_shared<const MemoryEvent>(std::move(placed)));
  }
}

}  // namespace

void check_streams(const MemoryData& data, const MemoryWrites& writes, const core::Registry& registry) {
  for (const auto& [id, append] : writes.streams) check_stream(data, id, append, registry);
  for (const auto& [id, version] : writes.required) {
    const std::int32_t stored = data.version(id);
    if (stored == version) continue;
    throw_error<ErrorCode::optimistic_locking>("aggregate " + uuid_text(id) + " is at event " + std::to_string(stored) +
                                               ", not at " + std::to_string(version));
  }
}

void apply(MemoryData& data, MemoryWrites writes, const core::Registry& registry) {
  check_receipts(data, writes);
  check_unique_keys(data, writes, registry);
  change_unique_keys(data, writes.keys);
  const std::size_t first_command = data.commands.size();
  for (auto& [id, append] : writes.streams) add_stream(data, id, std::move(append), first_command);
  for (const store::PartitionKeyChange& change : writes.keys.partition_keys) {
    const auto stream = data.streams.find(change.aggregate_id);
    if (stream != data.streams.end()) stream->second.partition_key = change.partition_key;
  }
  data.commands.insert(data.commands.end(), writes.commands.begin(), writes.commands.end());
  data.log.insert(data.log.end(), writes.log.begin(), writes.log.end());
  for (const store::Receipts& receipts : writes.receipts) {
    for (const std::string& key : receipts.keys) data.receipts[key] = receipts;
  }
}

}  // namespace seriatim::memory
