#pragma once
// Rebuilding tables from all events below a horizon.

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "migrations/crew.hpp"
#include "migrations/event_reader.hpp"
#include "migrations/planner.hpp"
#include "migrations/progress.hpp"
#include "migrations/projection.hpp"
#include "views/replay_persistor.hpp"

namespace seriatim::migrations {

/// Where the rebuilt rows go.
struct RebuildTarget {
  std::string view_schema;
  std::string suffix;    ///< Appended to each table's name.
  bool discard = false;  ///< Rows are made and thrown away; there need be no tables.
};

/// Where a plan's tables are built: under the suffix "_<target>" of their names.
[[nodiscard]] inline RebuildTarget target_of(const Domain& domain, const Plan& plan) {
  return {domain.view_schema(), "_" + std::to_string(plan.to)};
}

/// The number of workers that the settings ask for.
[[nodiscard]] std::size_t workers_of(const ReplaySettings& settings);

/// Throws Error(migration) instead of `error` when that says that rows collided in a unique index; else does nothing.
void explain_collision(const postgres::DatabaseError& error, const std::string& table);

/// Replays events through projectors into memory and writes the rows by COPY into the (existing, empty, unindexed)
/// target tables.
///
/// The streams are divided into groups, which several workers take one after the other, each with connections and rows
/// of its own; all see the snapshot of one transaction. Rows are written and forgotten at the end of a group, and
/// before that when they take too much memory. That is right as long as each projector keeps to rows of the event's own
/// aggregate, which is checked with every event: Error(migration) when one does not. Those that say so (Ordering::global)
/// are replayed by one of the workers in the order of commits, with all their rows in memory.
///
/// Not thread-safe.
class Rebuild {
 public:
  /// `reading` has a transaction open (repeatable read), whose snapshot is used; it does nothing else meanwhile.
  Rebuild(postgres::Connection& reading, const std::string& url, const postgres::PostgresStore& store, const Plan& plan,
          RebuildTarget target, const ReplaySettings& settings);

  /// Returns the number of events replayed; one that projectors of both orders handle counts twice. Throws what
  /// projectors and the database throw; the target tables may then hold some rows.
  std::int64_t run(const ReplayRange& range, Progress& progress);

 private:
  class Worker;

  /// Projectors that are replayed in one order.
  struct Part {
    std::vector<const ProjectorType*> projectors;
    std::vector<core::TypeIndex> types;
  };

  /// The events that one worker replays by one query.
  struct Task {
    Ordering ordering;
    std::string query;
  };

  [[nodiscard]] Part part_of(Ordering ordering) const;
  void prepare(const ReplayRange& range);
  void divide_streams();
  void work(std::size_t number, Crew& crew, Progress& progress);
  const Task* next_task();

  postgres::Connection& reading_;
  std::string url_;
  const postgres::PostgresStore& store_;
  const Plan& plan_;
  RebuildTarget target_;
  ReplaySettings settings_;
  Part local_;
  Part global_;

  // Of one run; constant while workers work, but for what is made for that.
  ReplayRange range_;
  std::string snapshot_;
  StreamCuts cuts_;
  std::vector<Task> tasks_;
  std::int64_t expected_ = 0;
  views::SharedLocality locality_;
  std::atomic<std::size_t> taken_{0};
  std::atomic<std::int64_t> events_{0};
};

}  // namespace seriatim::migrations
