#pragma once
// What one transaction knows of the streams that it works on, and where it has that from.

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/aggregate_cache.hpp"
#include "store/postgres/stream_loader.hpp"

namespace seriatim::postgres {

/// The streams that were loaded, or taken from what the store keeps: those are to be confirmed by a statement of the
/// transaction. Not thread-safe.
class KnownStreams {
 public:
  /// A stream was loaded, as one of that aggregate type.
  void loaded(const AggregateId& id, core::TypeIndex type, const LoadedStream& stream);

  /// A kept aggregate was taken instead.
  void taken(const AggregateId& id, const core::CachedAggregate& kept);

  /// Events were appended to it, whether it is known or not.
  void appended(const AggregateId& id, std::size_t events);

  /// Whether the stream is known to end with that event.
  [[nodiscard]] bool ends_with(const AggregateId& id, std::int32_t sequence_number) const;

  /// Whether it was taken; and which edition of it, if that is known.
  [[nodiscard]] bool relies_on(const AggregateId& id) const { return relied_.count(id) != 0; }
  [[nodiscard]] const std::string& edition(const AggregateId& id) const { return streams_.at(id).edition; }
  [[nodiscard]] const std::set<AggregateId>& relied() const noexcept { return relied_; }
  [[nodiscard]] const std::set<AggregateId>& unconfirmed() const noexcept { return unconfirmed_; }

  /// A statement of the transaction makes sure of it.
  void confirmed(const AggregateId& id) { unconfirmed_.erase(id); }

  /// The statement that makes sure of several that were taken, which counts as done.
  [[nodiscard]] std::string confirmation(const std::set<AggregateId>& ids, const Connection& connection);

  /// Aggregates as they are after the transaction, for the store to keep: those of which it is known which edition they are.
  [[nodiscard]] std::vector<core::CachedAggregate> to_keep(std::vector<std::unique_ptr<AggregateBase>> aggregates) const;

 private:
  struct Stream {
    std::int32_t version;  ///< The last event, those appended included.
    core::TypeIndex type;
    std::string edition;  ///< Empty when not known.
  };

  std::map<AggregateId, Stream> streams_;
  std::set<AggregateId> relied_;
  std::set<AggregateId> unconfirmed_;
};

}  // namespace seriatim::postgres
