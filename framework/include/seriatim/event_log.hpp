#pragma once
// Reading what is stored: events as they are, streams, and the state of an aggregate at any of its events.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "seriatim/message.hpp"

namespace seriatim {

namespace postgres {
class PostgresEventLog;
}

/// A place in the log of all events: what had been committed when it was made. A plain value; its text form is for keeping
/// and comparing, not for reading. It belongs to one database, and not to a copy of it on another server.
class Mark {
 public:
  /// Before all events.
  Mark() = default;

  /// From its text form. Error(usage) when it is none.
  [[nodiscard]] static Mark parse(std::string_view text);
  [[nodiscard]] std::string to_string() const;

  friend bool operator==(const Mark&, const Mark&) = default;

 private:
  friend class postgres::PostgresEventLog;

  /// An event's place among those that one reading brings.
  struct Place {
    std::int64_t transaction = 0;
    AggregateId aggregate_id{};
    std::int32_t sequence_number = 0;
    friend bool operator==(const Place&, const Place&) = default;
  };

  Mark(std::string since, std::string until, const Place& place)
      : since_{std::move(since)}, until_{std::move(until)}, place_{place} {}
  static Place parse_place(std::string_view text, std::string_view whole);

  std::string since_;  ///< A snapshot of PostgreSQL ("734:740:735,738"); empty: the beginning.
  std::string until_;  ///< In the middle of a reading: the snapshot where it was to end; empty otherwise.
  Place place_;        ///< In the middle of a reading: the last event that is done.
};

/// One stored event. `transaction` is the id of the transaction that stored it; 0 when it is unknown, as of events that
/// another program has imported.
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
  std::optional<AggregateId> aggregate_id{};
  std::optional<std::string> type{};  ///< The stored name.
  std::optional<Mark> after{};        ///< Only events that were committed after this; empty: all.
  std::int64_t limit = 100;           ///< Of stored events; 0: all.
  bool upcast = false;                ///< As the loaded domains see them today; those that they do not know, as stored.
};

/// Receives an event, and the mark from which a later reading with the same filter continues behind it. Both are valid
/// during the call; throwing ends the reading.
using EventVisitor = std::function<void(const LoggedEvent&, const Mark&)>;

/// One stream: an aggregate as the store knows it.
struct StreamInfo {
  AggregateId aggregate_id;
  std::string type;
  std::string partition_key;
  Timestamp created_at;
};

/// Which streams to list.
struct StreamFilter {
  std::optional<std::string> type{};   ///< Only aggregates of this type.
  std::optional<AggregateId> after{};  ///< Only those with greater ids.
  std::int64_t limit = 0;              ///< 0: all.
};

/// An aggregate as it was after one of its events.
struct AggregateSnapshot {
  std::string type;
  std::int32_t sequence_number = 0;
  std::string state_json;
};

/// Reads the store, in blocks and with constant memory. Thread-safe.
class EventLog {
 public:
  virtual ~EventLog() = default;

  /// Calls `visit` for each event that the filter wants, and returns the mark from which to continue. The order never puts
  /// a later event of a stream before an earlier one; across streams it is about that of the transactions. A transaction
  /// of the database stays open meanwhile: a `visit` that takes long should rather take few events at a time. With
  /// `upcast`, a split event is visited in parts, whose marks are the same. Error(usage) on a standby server, whose
  /// snapshots do not tell what is in flight.
  virtual Mark read(const EventFilter& filter, const EventVisitor& visit) = 0;

  /// Now: from this mark on, each event that is committed later is found exactly once, whatever is in flight now.
  /// Independent of clocks and of the order in which ids were given out. Error(usage) on a standby server.
  [[nodiscard]] virtual Mark position_mark() = 0;

  /// Visits all events that were committed after `mark` was made, and returns the mark to continue from. Chained calls
  /// that start from Mark{} visit every event exactly once.
  Mark events_since(const Mark& mark, const EventVisitor& visit) {
    return read({.after = mark, .limit = 0}, visit);
  }

  /// Calls `visit` for streams in the order of their ids, in blocks: no transaction is open while `visit` runs, so it may
  /// execute commands. A stream that is made meanwhile is met when its id is still to come.
  virtual void streams(const StreamFilter& filter, const std::function<void(const StreamInfo&)>& visit) = 0;

  /// The aggregate folded up to event `at`, or to its last. Error(aggregate_not_found), Error(configuration) when no
  /// loaded domain declares its type.
  /// Error(integrity) when an event is missing.
  [[nodiscard]] virtual AggregateSnapshot show(const AggregateId& id, std::optional<std::int32_t> at) = 0;

  /// The aggregate folded up to the last event before the first one that is later than `moment`. Errors as above;
  /// Error(aggregate_not_found) also when its first event is later.
  [[nodiscard]] virtual AggregateSnapshot show_until(const AggregateId& id, Timestamp moment) = 0;
};

}  // namespace seriatim
