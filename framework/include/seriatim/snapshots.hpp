#pragma once
// Snapshots: stored states of aggregates, so that loading need not begin at the first event.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "seriatim/snapshot_policy.hpp"

namespace seriatim {

/// How far the taking of snapshots is. Reported after each.
struct SnapshotProgress {
  std::int64_t taken = 0;
  std::int64_t marked = 0;  ///< How many aggregates were marked when it began; no more than the limit.
};

/// What the taking of snapshots came to.
struct SnapshotResult {
  std::int64_t taken = 0;
  std::vector<std::string> failures;  ///< A sentence for each aggregate that cannot be read or written; it stays marked.
};

/// Takes and deletes snapshots. What aggregates do and answer is the same with and without them. Thread-safe; any number
/// of threads and processes may work at once, beside writers.
class Snapshots {
 public:
  virtual ~Snapshots() = default;

  /// Takes snapshots of up to `limit` marked aggregates (0: all), those marked longest ago first, each in a transaction
  /// of its own; those that another process is taking are left to it. `cancelled` is asked between two of them. A command
  /// that marks an aggregate whose snapshot is being taken waits for that one. O(events since the last snapshot) each.
  virtual SnapshotResult take(std::int64_t limit, const std::function<void(const SnapshotProgress&)>& progress = {},
                              const std::function<bool()>& cancelled = {}) = 0;

  /// Deletes all snapshots and marks their aggregates, so that `take` makes new ones. Returns how many it deleted. While
  /// snapshots are deleted, nobody takes some, and commands that mark an aggregate wait.
  virtual std::int64_t delete_all() = 0;

  /// Deletes the snapshots, and marks, of the loaded domains' aggregate types that are of other versions than theirs.
  /// Those of types that no loaded domain declares stay. Returns how many snapshots it deleted.
  virtual std::int64_t delete_unknown() = 0;
};

}  // namespace seriatim
