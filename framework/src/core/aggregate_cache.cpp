#include "core/aggregate_cache.hpp"

#include <utility>

#include "core/aggregate_access.hpp"
#include "views/row_values.hpp"

namespace seriatim::core {
namespace {

constexpr std::size_t overhead = 256;  ///< Of the entry, its nodes and the aggregate around the state.

}  // namespace

const CachedAggregate* AggregateCache::find(const AggregateId& id) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return nullptr;
  uses_.splice(uses_.begin(), uses_, found->second.use);
  return &found->second.kept;
}

std::size_t AggregateCache::size_of(const CachedAggregate& kept) const {
  const attributes::Type& state = *registry_.aggregates()[kept.type].type->state;
  return overhead + state.size + views::owned_bytes(state, AggregateAccess::state(*kept.aggregate));
}

void AggregateCache::put(CachedAggregate aggregate) {
  const AggregateId id = aggregate.aggregate->id();
  const std::size_t bytes = size_of(aggregate);
  const auto found = entries_.find(id);
  if (found == entries_.end()) {
    const auto entry = entries_.emplace(id, Entry{std::move(aggregate), bytes, uses_.end()}).first;
    try {
      uses_.push_front(id);
    } catch (...) {
      entries_.erase(entry);
      throw;
    }
    entry->second.use = uses_.begin();
  } else {
    bytes_ -= found->second.bytes;
    found->second.kept = std::move(aggregate);
    found->second.bytes = bytes;
    uses_.splice(uses_.begin(), uses_, found->second.use);
  }
  bytes_ += bytes;
}

void AggregateCache::erase(const AggregateId& id) noexcept {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;
  bytes_ -= found->second.bytes;
  uses_.erase(found->second.use);
  entries_.erase(found);
}

void AggregateCache::trim() noexcept {
  while (bytes_ > limit_ && !uses_.empty()) erase(AggregateId{uses_.back()});
}

void AggregateCache::clear() noexcept {
  entries_.clear();
  uses_.clear();
  bytes_ = 0;
}

}  // namespace seriatim::core
