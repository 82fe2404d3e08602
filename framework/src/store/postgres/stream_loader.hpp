#pragma once
// Reading streams, in portions, so that the longest one takes no more memory than a portion.

#include <functional>
#include <limits>
#include <optional>

#include "store/postgres/postgres_store.hpp"

namespace seriatim::postgres {

/// Where a stream that was read ends.
struct LoadedStream {
  std::int32_t last;    ///< The number of its last event.
  std::string edition;  ///< Of the aggregate, if it was asked for: by load_all, load_any, and where a store keeps aggregates.
};

/// Hands rows to readers. Ordinary streams take one query; longer ones a further query a portion. Not thread-safe.
class StreamLoader {
 public:
  /// Runs a query in the transaction that is read in.
  using Query = std::function<pqxx::result(const std::string& sql)>;

  /// `store` must outlive the loader.
  StreamLoader(PostgresStore& store, Query query) : store_{store}, query_{std::move(query)} {}

  /// See store::Transaction. Empty when there is no such aggregate.
  std::optional<LoadedStream> load(const AggregateId& id, store::StreamReader& reader, core::TypeIndex snapshots_of);

  /// What was stored of a kept aggregate since. Calls `hand_over` before, unless the aggregate is missing or is not of that
  /// edition any more: then the result is empty, and nothing was read.
  std::optional<LoadedStream> load_since(const AggregateId& id, const LoadedStream& kept, store::StreamReader& reader,
                                         const std::function<void()>& hand_over);

  /// See store::Transaction. Calls `loaded` with the end of each stream.
  void load_all(std::span<const AggregateId> ids,
                const std::function<store::StreamReader&(const AggregateId&)>& reader_of, core::TypeIndex snapshots_of,
                const std::function<void(const AggregateId&, LoadedStream)>& loaded);

  /// As load_all, for aggregates of any types.
  void load_any(std::span<const AggregateId> ids,
                const std::function<store::StreamReader&(const AggregateId&)>& reader_of,
                const std::function<void(const AggregateId&, LoadedStream)>& loaded);

  /// See store::Transaction.
  bool load_past(const AggregateId& id, const store::PastPoint& point, store::StreamReader& reader);

 private:
  struct Portion;

  void load_each(std::span<const AggregateId> ids, std::span<const core::TypeIndex> types,
                 const std::function<store::StreamReader&(const AggregateId&)>& reader_of,
                 const std::function<void(const AggregateId&, LoadedStream)>& loaded);
  [[nodiscard]] std::string policies(std::span<const core::TypeIndex> types) const;
  LoadedStream read(const Portion& portion, store::StreamReader& reader);
  std::int32_t read_on(const AggregateId& id, std::int32_t after, std::int32_t last, store::StreamReader& reader);
  bool read_snapshot(const Portion& portion, store::StreamReader& reader);
  void read_event(const pqxx::row& row, int first, store::StreamReader& reader) const;
  void begin(const pqxx::row& row, int first, store::StreamReader& reader) const;
  [[nodiscard]] std::optional<std::int32_t> last_until(const AggregateId& id, Timestamp moment);
  [[nodiscard]] std::string snapshot_parameters(core::TypeIndex type) const;

  PostgresStore& store_;
  Query query_;
};

}  // namespace seriatim::postgres
