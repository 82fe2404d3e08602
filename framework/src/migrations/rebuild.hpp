#pragma once
// Rebuilding tables from all events below a horizon.

#include "migrations/event_reader.hpp"
#include "migrations/planner.hpp"
#include "migrations/progress.hpp"
#include "migrations/projection.hpp"
#include "views/replay_persistor.hpp"

namespace seriatim::migrations {

/// Where the rebuilt rows go.
struct RebuildTarget {
  std::string view_schema;
  std::string suffix;  ///< Appended to each table's name.
};

/// Replays events through projectors into memory and writes the rows by COPY into the (existing, empty, unindexed)
/// target tables. While all projectors keep to rows of the event's own aggregate, rows are written and dropped as
/// soon as there are many; otherwise they stay in memory to the end. Not thread-safe.
class Rebuild {
 public:
  /// `reading` and `writing` are different connections; `reading` has a transaction open, whose snapshot is used.
  Rebuild(postgres::Connection& reading, postgres::Connection& writing, const postgres::PostgresStore& store,
          const Plan& plan, RebuildTarget target);

  /// Returns the number of events replayed. Throws what projectors and the database throw; the target tables may then
  /// hold some rows.
  std::int64_t run(const ReplayRange& range, Progress& progress);

 private:
  enum class Mode : std::uint8_t { streaming, retaining };

  /// False when rows of other aggregates were touched after rows had been written: start again, retaining.
  bool attempt(const ReplayRange& range, Mode mode, Progress& progress);
  void begin_aggregate(const AggregateId& id, Mode mode);
  void write_rows();
  void empty_tables();

  postgres::Connection& writing_;
  const Plan& plan_;
  RebuildTarget target_;
  Projection projection_;
  EventReader reader_;
  std::unique_ptr<views::ReplayPersistor> rows_;
  bool written_ = false;
  std::int64_t events_ = 0;
};

}  // namespace seriatim::migrations
