#pragma once
// Reading what is stored: events as they are, and the state of an aggregate at any of its events.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "seriatim/message.hpp"

namespace seriatim {

/// One stored event. `transaction` is the id of the transaction that stored it, which `EventFilter::after` takes; 0
/// when it is unknown, as of events that another program has imported.
struct LoggedEvent {
  AggregateId aggregate_id;
  std::int32_t sequence_number;
  Timestamp created_at;
  std::string type;
  std::string json;  ///< The event's own attributes, as stored.
  std::int64_t transaction = 0;
};

/// Which events to read.
struct EventFilter {
  std::optional<AggregateId> aggregate_id;
  std::optional<std::string> type;
  std::optional<std::int64_t> after;  ///< Only events of transactions with a greater id.
  std::int64_t limit = 100;           ///< 0: all.
};

/// An aggregate as it was after one of its events.
struct AggregateSnapshot {
  std::string type;
  std::int32_t sequence_number = 0;
  std::string state_json;
};

/// Reads the store. Thread-safe.
class EventLog {
 public:
  virtual ~EventLog() = default;

  /// Calls `visit` for each event, in constant memory: those of one aggregate by number, others by transaction, aggregate and number.
  virtual void read(const EventFilter& filter, const std::function<void(const LoggedEvent&)>& visit) = 0;

  /// The aggregate folded up to event `at`, or to its last. Error(aggregate_not_found), Error(configuration) when no
  /// loaded domain declares its type.
  /// Error(integrity) when an event is missing.
  [[nodiscard]] virtual AggregateSnapshot show(const AggregateId& id, std::optional<std::int32_t> at) = 0;

  /// The aggregate folded up to the last event before the first one that is later than `moment`. Errors as above;
  /// Error(aggregate_not_found) also when its first event is later.
  [[nodiscard]] virtual AggregateSnapshot show_until(const AggregateId& id, Timestamp moment) = 0;
};

}  // namespace seriatim
