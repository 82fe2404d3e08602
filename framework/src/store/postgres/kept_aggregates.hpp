#pragma once
// What a store keeps of aggregates between transactions, so that commands need not load them.

#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/aggregate_cache.hpp"

namespace seriatim::postgres {

/// Aggregates as they were when this program last saw them. Whoever uses one reads what was stored since, or makes sure, in
/// the transaction that rests on it, that there is nothing; and that it is of the same edition. An edition is the
/// transaction that wrote the aggregate's row, which every change of stored events writes anew (sql/store/012_editions.sql).
/// Belongs to one server: what was seen on another may never have happened on this one.
///
/// Relying in vain costs a round trip. An aggregate with which that happens again and again, because other programs change
/// it too, is found less and less often, until it once served well. Thread-safe.
class KeptAggregates {
 public:
  /// See Options.
  struct Settings {
    std::size_t bytes = 0;
    bool rely = false;
  };

  /// The registry must outlive it.
  KeptAggregates(const core::Registry& registry, Settings settings)
      : settings_{settings}, cache_{registry, settings.bytes} {}

  [[nodiscard]] bool enabled() const noexcept { return settings_.bytes != 0; }
  [[nodiscard]] bool relied_on() const noexcept { return settings_.rely; }

  /// The aggregate as it was seen on that server (see Connection::server), unless that is not worth a try.
  [[nodiscard]] std::optional<core::CachedAggregate> find(const AggregateId& id, const std::string& server);

  /// Keeps these, unless a newer state is kept already. `relied` are those whose kept state served well.
  void keep(const std::string& server, std::vector<core::CachedAggregate> aggregates, const std::set<AggregateId>& relied);

  /// What was kept of these did not serve.
  void forget(const std::set<AggregateId>& relied) noexcept;

 private:
  /// An aggregate of which what was kept did not serve, several times in a row.
  struct Failure {
    unsigned times = 0;
    unsigned skip = 0;  ///< So often it is not found.
  };

  void move_to(const std::string& server);

  Settings settings_;
  std::mutex mutex_;  ///< Guards what follows.
  std::string server_;
  core::AggregateCache cache_;
  std::unordered_map<AggregateId, Failure, std::hash<AggregateId>> failures_;
};

}  // namespace seriatim::postgres
