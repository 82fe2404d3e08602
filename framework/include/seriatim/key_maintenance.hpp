#pragma once
// Putting the keys of stored aggregates in order: after a domain declared or changed unique keys, and after partition keys
// changed.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "seriatim/unique_keys.hpp"
#include "seriatim/view_migrator.hpp"

namespace seriatim {

/// What `recompute_unique_keys` did.
struct UniqueKeysResult {
  std::int64_t aggregates = 0;  ///< Looked at.
  std::int64_t changed = 0;     ///< Keys that were stored or removed.
  /// Keys that could not be stored because another aggregate has them. Their aggregates have none in that scope now.
  std::vector<AggregateKeyNotUnique::Refusal> conflicts;
};

/// What `move_partitions` did.
struct PartitionsResult {
  std::int64_t aggregates = 0;  ///< Moved.
  std::int64_t events = 0;      ///< Of them.
};

/// Not thread-safe; several programs may work at once. The application may go on running meanwhile: writers of the few
/// aggregates in hand wait for a moment.
class KeyMaintenance {
 public:
  virtual ~KeyMaintenance() = default;

  /// Makes the stored unique keys those that the aggregates' states have, for one aggregate type or for all that declare
  /// unique keys. A type that declares none any more loses its keys when it is named. Programs that run older code store
  /// keys as that code declares them, so none should be running. What was done stays when it fails or is cancelled, which
  /// is Error(migration). Error(usage) when no loaded domain has a type of that name.
  virtual UniqueKeysResult recompute_unique_keys(const std::optional<std::string>& type, const ProgressReport& report,
                                                 const Cancelled& cancelled) = 0;

  /// Moves the events of the aggregates whose partition key changed, one aggregate a transaction; those that are read or
  /// written meanwhile are complete at every moment. Needs the owner of the store: Error(database) without the privilege.
  /// Error(concurrent_migration) while a migration of views runs, and none starts meanwhile. What was done stays when it
  /// fails or is cancelled, which is Error(migration).
  virtual PartitionsResult move_partitions(const ProgressReport& report, const Cancelled& cancelled) = 0;
};

}  // namespace seriatim
