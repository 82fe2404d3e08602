#pragma once
// What a store keeps of aggregates between transactions, so that commands need not load them.

#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/aggregate_cache.hpp"

namespace seriatim::postgres {

/// Aggregates as they were when this program last saw them. Whoever relies on one makes sure, in the transaction that
/// rests on it, that it is still so. Belongs to one server: what was seen on another may never have happened on this one.
/// Thread-safe.
class KeptAggregates {
 public:
  /// `limit`: bytes, roughly; 0 keeps nothing. The registry must outlive it.
  KeptAggregates(const core::Registry& registry, std::size_t limit) : limit_{limit}, cache_{registry, limit} {}

  [[nodiscard]] bool enabled() const noexcept { return limit_ != 0; }

  /// The aggregate as it was seen on that server; see Connection::server.
  [[nodiscard]] std::optional<core::CachedAggregate> find(const AggregateId& id, const std::string& server);

  /// Keeps these, unless a newer state is kept already.
  void keep(const std::string& server, std::vector<core::CachedAggregate> aggregates);

  void forget(std::span<const AggregateId> ids) noexcept;

 private:
  void move_to(const std::string& server);

  std::size_t limit_;
  std::mutex mutex_;  ///< Guards what follows.
  std::string server_;
  core::AggregateCache cache_;
};

}  // namespace seriatim::postgres
