#pragma once
// Aggregates that are kept between the transactions that change them.

#include <boost/uuid/uuid_hash.hpp>
#include <cstddef>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "core/registry.hpp"

namespace seriatim::core {

/// An aggregate as it is stored, or as a batch would leave it. Whoever has one may keep it beyond the cache.
struct CachedAggregate {
  TypeIndex type;
  std::shared_ptr<const AggregateBase> aggregate;
  std::string edition{};  ///< Tells it from one made anew under its id, or whose events were changed by hand; see KeptAggregates.
};

/// Aggregates by id, in the order of their last use, bounded by memory. Not thread-safe.
class AggregateCache {
 public:
  /// `limit`: bytes, roughly. The registry must outlive it.
  AggregateCache(const Registry& registry, std::size_t limit) : registry_{registry}, limit_{limit} {}

  /// Null when it is not kept. Valid until `put`, `erase`, `trim` or `clear`.
  [[nodiscard]] const CachedAggregate* find(const AggregateId& id);
  [[nodiscard]] bool contains(const AggregateId& id) const { return entries_.count(id) != 0; }

  /// Adds an aggregate, or takes it in place of what was kept of it. Nothing is dropped before `trim`.
  void put(CachedAggregate aggregate);
  void erase(const AggregateId& id) noexcept;

  /// Drops what was not used for longest until the rest is within the limit.
  void trim() noexcept;
  void clear() noexcept;

  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

 private:
  struct Entry {
    CachedAggregate kept;
    std::size_t bytes;
    std::list<AggregateId>::iterator use;
  };

  [[nodiscard]] std::size_t size_of(const CachedAggregate& kept) const;

  const Registry& registry_;
  std::size_t limit_;
  std::size_t bytes_ = 0;
  std::unordered_map<AggregateId, Entry, std::hash<AggregateId>> entries_;
  std::list<AggregateId> uses_;  ///< The one used last comes first.
};

}  // namespace seriatim::core
