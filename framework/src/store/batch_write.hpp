#pragma once
// What many commands came to, as it is stored in one transaction.

#include <map>
#include <string>
#include <vector>

#include "store/event_store.hpp"

namespace seriatim::store {

/// A command that had events.
struct BatchCommand {
  core::TypeIndex type;
  Command command;   ///< The part that all commands share.
  std::string json;  ///< Its own attributes alone.
};

struct BatchEvent {
  AggregateId aggregate_id;
  std::int32_t sequence_number;
  core::TypeIndex type;
  std::string json;
  std::size_t command;  ///< Index of its command.
  Timestamp created_at;
};

/// An aggregate that has new events.
struct BatchStream {
  core::TypeIndex type;
  std::int32_t before;        ///< Number of the last stored event; 0 for a new aggregate.
  std::int32_t after;         ///< The same with the new ones.
  std::string partition_key;  ///< Of a new aggregate: where its events belong.
  Timestamp created_at;       ///< Of the first new event.
};

/// All of it. Aggregates are in the order of their ids, in which they are locked.
struct BatchWrite {
  std::vector<BatchCommand> commands;  ///< In the order in which they were carried out.
  std::vector<BatchEvent> events;      ///< Likewise.
  std::map<AggregateId, BatchStream> streams;
  std::map<AggregateId, std::int32_t> required;  ///< Further aggregates that are to stay at this version.
  std::map<AggregateId, std::int32_t> read;      ///< Aggregates that somebody took to be at this version, changed or not.
  std::map<AggregateId, std::string> editions;   ///< In which edition somebody took aggregates; see CachedAggregate.
  KeyChanges keys;
  std::vector<Receipts> receipts;

  /// Whether there is anything to store or to hold.
  [[nodiscard]] bool empty() const noexcept { return commands.empty() && required.empty() && receipts.empty(); }
};

}  // namespace seriatim::store
