#pragma once
// Reading the store's events for a replay, in the order of their streams.

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include <boost/uuid/uuid_hash.hpp>

#include "core/registry.hpp"
#include "store/postgres/connection.hpp"
#include "store/postgres/postgres_store.hpp"

namespace seriatim::migrations {

/// A transaction id: 64 bits, never reused within a cluster.
using TransactionId = std::int64_t;

/// An event as it comes from the store; the JSON is valid during the call.
struct ReplayEvent {
  EventHeader header;
  core::TypeIndex type;        ///< unknown_type when only upcasters know the stored name.
  std::string_view type_name;  ///< As stored.
  std::string_view json;
};

/// Which events belong to a replay, by transaction horizons.
///
/// Everything below a horizon is committed or aborted for ever. A stream is cut where its first event at or above the
/// horizon is, and not event by event: a transaction that took its id early and appended late leaves a later event with
/// a smaller id, which must not be replayed before the events that precede it. Two ranges that share a horizon therefore
/// split every stream at the same event: nothing is missed, doubled or reordered.
struct ReplayRange {
  TransactionId from = 0;  ///< 0: from the beginning.
  TransactionId to = 0;    ///< 0: to the end.
};

/// The horizon of the connection's current snapshot.
[[nodiscard]] TransactionId horizon(postgres::Connection& connection);

/// Reads the events of some types. Uses the transaction that is open on the connection, whose snapshot it needs.
class EventReader {
 public:
  EventReader(postgres::Connection& connection, const postgres::PostgresStore& store,
              const std::vector<core::TypeIndex>& types);

  [[nodiscard]] std::int64_t count(const ReplayRange& range);

  /// Calls `visit` for each event, by partition, aggregate and number.
  void read(const ReplayRange& range, const std::function<void(const ReplayEvent&)>& visit);

  /// Ends a reading that `visit` left by an exception, so that another can begin.
  void stop() { connection_.execute("close seriatim_replay"); }

 private:
  using Cuts = std::unordered_map<AggregateId, std::int32_t, std::hash<AggregateId>>;

  [[nodiscard]] std::string selection(const ReplayRange& range) const;
  [[nodiscard]] Cuts cuts(TransactionId horizon);
  std::size_t visit_rows(const pqxx::result& rows, const Cuts& cuts, const std::function<void(const ReplayEvent&)>& visit);

  postgres::Connection& connection_;
  const postgres::PostgresStore& store_;
  std::string events_;  ///< Qualified name of the table.
  std::string types_;   ///< The ids as an SQL array.
};

}  // namespace seriatim::migrations
