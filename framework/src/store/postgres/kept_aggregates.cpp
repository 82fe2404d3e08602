#include "store/postgres/kept_aggregates.hpp"

#include <utility>

#include "core/aggregate_access.hpp"

namespace seriatim::postgres {
namespace {

/// Threads finish in any order.
bool is_newer(const core::CachedAggregate& aggregate, const core::CachedAggregate* kept) {
  return kept == nullptr || kept->created != aggregate.created ||
         core::AggregateAccess::stored(*aggregate.aggregate) > core::AggregateAccess::stored(*kept->aggregate);
}

}  // namespace

std::optional<core::CachedAggregate> KeptAggregates::find(const AggregateId& id, const std::string& server) {
  const std::scoped_lock lock{mutex_};
  move_to(server);
  const core::CachedAggregate* kept = cache_.find(id);
  if (kept == nullptr) return std::nullopt;
  return *kept;
}

void KeptAggregates::keep(const std::string& server, std::vector<core::CachedAggregate> aggregates) {
  const std::scoped_lock lock{mutex_};
  move_to(server);
  for (core::CachedAggregate& aggregate : aggregates) {
    if (is_newer(aggregate, cache_.find(aggregate.aggregate->id()))) cache_.put(std::move(aggregate));
  }
  cache_.trim();
}

void KeptAggregates::forget(std::span<const AggregateId> ids) noexcept {
  const std::scoped_lock lock{mutex_};
  for (const AggregateId& id : ids) cache_.erase(id);
}

void KeptAggregates::move_to(const std::string& server) {
  if (server == server_) return;
  cache_.clear();
  server_ = server;
}

}  // namespace seriatim::postgres
