#pragma once
// Tables of a version that is not live: finished by `online`, or kept when another version became the live one.

#include <optional>

#include "migrations/catch_up.hpp"
#include "migrations/version_table.hpp"

namespace seriatim::migrations {

/// Keeps the tables of a plan's target up to date. They stand under the suffix of the target; the horizon up to which they
/// hold the events is noted in the table of versions. Several programs may do this at once: each replays while it holds
/// the horizon, so no event comes twice. Not thread-safe.
class Standby {
 public:
  /// All must outlive it.
  Standby(postgres::Connection& connection, VersionTable& versions, const postgres::PostgresStore& store,
          const Domain& domain, const Plan& plan, Progress& progress)
      : connection_{connection},
        versions_{versions},
        store_{store},
        plan_{plan},
        target_{target_of(domain, plan)},
        progress_{progress} {}

  /// Replays what was stored since the horizon, in one transaction, and moves the horizon. Returns how many events that
  /// were; nothing when the version has no such tables any more.
  std::optional<std::int64_t> pass();

  /// How many events there are above the horizon.
  [[nodiscard]] std::int64_t behind();

  /// Holds the horizon in the transaction that is open, to be followed by `finish`. Error(migration) when there is none.
  void hold();
  /// Replays all that is left, with writers locked out. Returns how many events that were.
  std::int64_t finish();

 private:
  [[nodiscard]] std::optional<TransactionId> begin_pass();

  postgres::Connection& connection_;
  VersionTable& versions_;
  const postgres::PostgresStore& store_;
  const Plan& plan_;
  RebuildTarget target_;
  Progress& progress_;
  TransactionId from_ = 0;  ///< Held.
};

/// The horizon of tables that are the live ones, and are not any more when this transaction commits: everything that was
/// stored is below it, and everything that will be stored is not. To be asked for while writers are locked out: each
/// takes its transaction id after it has locked the marker.
[[nodiscard]] TransactionId horizon_of_live_tables(postgres::Connection& connection);

}  // namespace seriatim::migrations
