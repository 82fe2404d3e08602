#pragma once
// Permanent deletion: for what must not be kept, or should never have been stored.

#include <cstdint>
#include <span>
#include <vector>

#include "seriatim/message.hpp"
#include "seriatim/options.hpp"

namespace seriatim {

/// What was deleted.
struct DeletedStreams {
  std::int64_t streams = 0;
  std::int64_t events = 0;
  std::vector<AggregateId> missing;  ///< Those that were not there.
};

/// Deletes from the event store. Takes the store's owner; the application's role is refused (Error(database)).
///
/// Deleted events are kept in `saved_event_records` with the time and the database user. View rows of deleted aggregates
/// stay: they belong to the application, which deletes them or rebuilds its views. See docs/gdpr.md.
///
/// Not thread-safe; different objects and programs may delete at once, beside running applications: a writer of a deleted
/// aggregate waits, and gets Error(optimistic_locking) or Error(integrity). Errors: connection_lost, database.
class Deletion {
 public:
  explicit Deletion(Options options) : options_{std::move(options)} {}

  /// Deletes aggregates with their events, unique keys, snapshots and marks, all or none. Their commands stay.
  DeletedStreams delete_streams(std::span<const AggregateId> ids);

  /// Deletes the commands to these aggregates that have no events any more. Returns how many.
  std::int64_t delete_commands(std::span<const AggregateId> of);

  /// Deletes all commands that have no events any more; reads all commands. Returns how many.
  std::int64_t delete_commands();

 private:
  Options options_;
};

}  // namespace seriatim
