#pragma once
// Reading the store's events for a replay: in the order of their streams, all or a part of them, or in that of commits.

#include <boost/uuid/uuid_hash.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/registry.hpp"
#include "migrations/stream_groups.hpp"
#include "seriatim/view_migrator.hpp"
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

/// Where the streams end that are cut: the sequence number of the first event that does not belong to the range.
using StreamCuts = std::unordered_map<AggregateId, std::int32_t, std::hash<AggregateId>>;

/// The horizon of the connection's current snapshot.
[[nodiscard]] TransactionId horizon(postgres::Connection& connection);

/// Makes events of rows, and leaves out those that are beyond the cut of their stream. The rows of a stream come in its
/// order. Not thread-safe.
class EventRows {
 public:
  /// Both must outlive it.
  EventRows(const postgres::PostgresStore& store, const StreamCuts& cuts) : ids_{store.ids()}, cuts_{cuts} {}

  /// The event of a row's fields in their binary form; null when it is left out. Valid until the next call.
  const ReplayEvent* event_of(const char* aggregate_id, const char* sequence_number, const char* created_at,
                              const char* type, std::string_view json);

  /// The same for a row of COPY.
  const ReplayEvent* event_of(std::string_view row);

 private:
  const postgres::TypeIds& ids_;
  const StreamCuts& cuts_;
  ReplayEvent event_{};
  std::int32_t cut_ = 0;  ///< Of the event's stream; 0: it is not cut.
};

/// Reads the events of some types. Uses the transaction that is open on the connection, whose snapshot it needs. Not
/// thread-safe.
class EventReader {
 public:
  using Visit = std::function<void(const ReplayEvent&)>;

  EventReader(postgres::Connection& connection, const postgres::PostgresStore& store,
              const std::vector<core::TypeIndex>& types);

  [[nodiscard]] std::int64_t count(const ReplayRange& range);

  /// About how many events the range has, and groups of streams with about `settings.events_a_group` of them each;
  /// fewer in each when there would be too few groups for the workers. Looks at a sample of the events, whatever the
  /// size of the store.
  [[nodiscard]] StreamGroups divide(const ReplayRange& range, const ReplaySettings& settings, std::size_t workers);

  /// The streams that the range cuts. Few: those that were written since the horizon.
  [[nodiscard]] StreamCuts cuts(const ReplayRange& range);

  /// A query for the events of a group, by partition, aggregate and number. Its rows are for EventRows, with the cuts of
  /// the range.
  [[nodiscard]] std::string query(const ReplayRange& range, const StreamGroup& group) const;

  /// A query for all events in the order in which they were committed, as far as the store knows: by the transaction's
  /// id, those without one first, then by command, then by aggregate. An event never comes before its predecessor in the
  /// stream, even when its transaction has the smaller id: it counts as one of the predecessor's transaction then.
  [[nodiscard]] std::string query_in_commit_order(const ReplayRange& range) const;

  /// Calls `visit` for each event, by partition, aggregate and number.
  void read(const ReplayRange& range, const Visit& visit) { fetch_all(query(range, {}), cuts(range), visit); }

  /// The same in the order of `query_in_commit_order`.
  void read_in_commit_order(const ReplayRange& range, const Visit& visit) {
    fetch_all(query_in_commit_order(range), cuts(range), visit);
  }

  /// Ends a reading that `visit` left by an exception, so that another can begin.
  void stop() { connection_.execute("close seriatim_replay"); }

 private:
  [[nodiscard]] std::string of_types() const;
  [[nodiscard]] std::string source(const ReplayRange& range) const;
  [[nodiscard]] std::string in_time(const ReplayRange& range) const;
  [[nodiscard]] std::string in_group(const StreamGroup& group) const;
  [[nodiscard]] std::string at_least(const StreamKey& key) const;
  void fetch_all(const std::string& query, const StreamCuts& cuts, const Visit& visit);

  postgres::Connection& connection_;
  const postgres::PostgresStore& store_;
  std::string events_;  ///< Qualified name of the table.
  std::string types_;   ///< The ids as an SQL array.
  bool all_types_;      ///< They are those of all types that the store knew when the program started.
};

/// How a reading transaction is set up for such queries: in `set local`, without parallel plans, of which there are as
/// many as workers anyway.
inline constexpr const char* reading_settings =
    "set local work_mem = '256MB'; set local random_page_cost = 1.1; set local cursor_tuple_fraction = 1; "
    "set local max_parallel_workers_per_gather = 0";

}  // namespace seriatim::migrations
