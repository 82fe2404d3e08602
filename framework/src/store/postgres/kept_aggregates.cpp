#include "store/postgres/kept_aggregates.hpp"

#include <algorithm>
#include <new>
#include <utility>

#include "core/aggregate_access.hpp"

namespace seriatim::postgres {
namespace {

/// The first time may happen to anybody; then it is skipped 1, 3, 7 times and so on.
constexpr unsigned most_failures = 7;
constexpr std::size_t most_remembered = 10'000;  ///< Aggregates; beyond that, all are tried anew.

/// Threads finish in any order.
bool is_newer(const core::CachedAggregate& aggregate, const core::CachedAggregate* kept) {
  return kept == nullptr || kept->edition != aggregate.edition ||
         core::AggregateAccess::stored(*aggregate.aggregate) > core::AggregateAccess::stored(*kept->aggregate);
}

}  // namespace

std::optional<core::CachedAggregate> KeptAggregates::find(const AggregateId& id, const std::string& server) {
  const std::scoped_lock lock{mutex_};
  move_to(server);
  const auto failure = failures_.find(id);
  if (failure != failures_.end() && failure->second.skip != 0) {
    --failure->second.skip;
    return std::nullopt;
  }
  const core::CachedAggregate* kept = cache_.find(id);
  if (kept == nullptr) return std::nullopt;
  return *kept;
}

void KeptAggregates::keep(const std::string& server, std::vector<core::CachedAggregate> aggregates,
                          const std::set<AggregateId>& relied) {
  const std::scoped_lock lock{mutex_};
  move_to(server);
  for (const AggregateId& id : relied) failures_.erase(id);
  for (core::CachedAggregate& aggregate : aggregates) {
    if (is_newer(aggregate, cache_.find(aggregate.aggregate->id()))) cache_.put(std::move(aggregate));
  }
  cache_.trim();
}

void KeptAggregates::forget(const std::set<AggregateId>& relied) noexcept {
  if (relied.empty()) return;
  const std::scoped_lock lock{mutex_};
  for (const AggregateId& id : relied) cache_.erase(id);
  try {
    if (failures_.size() > most_remembered) failures_.clear();
    for (const AggregateId& id : relied) {
      Failure& failure = failures_[id];
      failure.times = std::min(failure.times + 1, most_failures);
      failure.skip = (1U << (failure.times - 1)) - 1;
    }
  } catch (const std::bad_alloc&) {
    return;  // Not remembered: it is tried again sooner.
  }
}

void KeptAggregates::move_to(const std::string& server) {
  if (server == server_) return;
  cache_.clear();
  failures_.clear();
  server_ = server;
}

}  // namespace seriatim::postgres
