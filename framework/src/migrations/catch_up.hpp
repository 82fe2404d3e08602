#pragma once
// Bringing rebuilt tables up to date with the events that were stored meanwhile.

#include "migrations/event_reader.hpp"
#include "migrations/planner.hpp"
#include "migrations/progress.hpp"
#include "migrations/projection.hpp"
#include "migrations/rebuild.hpp"

namespace seriatim::migrations {

/// Applies a range of events, in the order of commits, to tables that hold all events before it, in the transaction
/// that is open on the connection. Not thread-safe.
class CatchUp {
 public:
  CatchUp(postgres::Connection& connection, const postgres::PostgresStore& store, const Plan& plan,
          RebuildTarget target);

  /// Returns the number of events applied.
  std::int64_t run(const ReplayRange& range, Progress& progress);

  [[nodiscard]] std::int64_t count(const ReplayRange& range) { return reader_.count(range); }

 private:
  postgres::Connection& connection_;
  std::string raise_;
  RebuildTarget target_;
  const core::Registry& registry_;
  Projection projection_;
  EventReader reader_;
};

}  // namespace seriatim::migrations
