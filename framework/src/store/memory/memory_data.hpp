#pragma once
// What a store in memory holds, and what a transaction is going to add to it.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "store/event_store.hpp"

namespace seriatim::memory {

struct MemoryEvent {
  core::TypeIndex type;
  std::string json;
  Timestamp created_at;
  std::size_t command;  ///< Index of its command.
};
using EventPtr = std::shared_ptr<const MemoryEvent>;

struct MemoryStream {
  core::TypeIndex type;
  std::string partition_key;
  std::vector<EventPtr> events;  ///< Event 1 first.

  [[nodiscard]] std::int32_t version() const noexcept { return static_cast<std::int32_t>(events.size()); }
};

struct MemoryCommand {
  core::TypeIndex type;
  Command command;   ///< The part that all commands share.
  std::string json;  ///< Its own attributes alone.
};

/// The place of an event.
struct EventPlace {
  AggregateId aggregate_id;
  std::int32_t sequence_number;
};

/// (scope, key) -> who has it.
using KeyHolders = std::map<std::pair<std::string, std::string>, AggregateId>;
/// (aggregate, scope) -> the key that it has.
using HeldKeys = std::map<std::pair<AggregateId, std::string>, std::string>;

/// All that is committed, but for the views.
struct MemoryData {
  std::vector<MemoryCommand> commands;
  std::map<AggregateId, MemoryStream> streams;
  std::vector<EventPlace> log;  ///< In the order of the commits.
  KeyHolders key_holders;
  HeldKeys held_keys;
  std::map<std::string, store::Receipts> receipts;

  [[nodiscard]] std::int32_t version(const AggregateId& id) const {
    const auto found = streams.find(id);
    return found == streams.end() ? 0 : found->second.version();
  }
};

/// What one transaction adds to a stream.
struct MemoryAppend {
  core::TypeIndex type;
  std::int32_t before;  ///< Number of the last event that is stored already.
  std::string partition_key;
  std::vector<EventPtr> events;

  [[nodiscard]] std::int32_t after() const noexcept { return before + static_cast<std::int32_t>(events.size()); }
};

/// What one transaction adds. Command indexes of events count from the first command of the transaction.
struct MemoryWrites {
  std::vector<MemoryCommand> commands;
  std::map<AggregateId, MemoryAppend> streams;
  std::vector<EventPlace> log;
  std::map<AggregateId, std::int32_t> required;
  store::KeyChanges keys;
  std::vector<store::Receipts> receipts;
};

/// Throws what the port says when the events cannot continue the streams that are there, or a version is another one.
void check_streams(const MemoryData& data, const MemoryWrites& writes, const core::Registry& registry);

/// Adds the writes, all of them or, when keys or receipts refuse it, none: AggregateKeyNotUnique,
/// Error(idempotency_key_reused). Streams are checked before.
void apply(MemoryData& data, MemoryWrites writes, const core::Registry& registry);

}  // namespace seriatim::memory
