#pragma once
// The view migrator on PostgreSQL.

#include "migrations/crew.hpp"
#include "migrations/kept_views.hpp"
#include "migrations/migration_run.hpp"
#include "migrations/planner.hpp"
#include "migrations/progress.hpp"
#include "migrations/version_table.hpp"
#include "seriatim/view_migrator.hpp"

namespace seriatim::migrations {

/// See ViewMigrator. The store must outlive it. Connections are opened when they are needed.
class PostgresMigrator final : public ViewMigrator {
 public:
  PostgresMigrator(std::string url, const postgres::PostgresStore& store, std::size_t domain)
      : url_{std::move(url)}, store_{store}, domain_{store.registry().domains()[domain]} {}

  void divide(const ReplaySettings& settings) override;
  void keep(std::chrono::seconds time) override;
  [[nodiscard]] MigrationStatus status() override;
  [[nodiscard]] MigrationPlan plan(std::optional<int> target) override;
  MigrationRehearsal dry_run(std::optional<int> target, const ProgressReport& report,
                             const Cancelled& cancelled) override;
  MigrationResult online(std::optional<int> target, const ProgressReport& report, const Cancelled& cancelled) override;
  MigrationResult offline(std::optional<int> target, const ProgressReport& report, const Cancelled& cancelled) override;
  MigrationResult rollback(const ProgressReport& report, const Cancelled& cancelled) override;
  FollowResult follow(const ProgressReport& report, const Cancelled& cancelled) override;
  std::vector<KeptVersion> drop_kept(bool also_unexpired) override;

 private:
  [[nodiscard]] int target_or_latest(std::optional<int> target) const;
  void build(MigrationRun& run, const Plan& plan, Progress& progress, Crew& crew);
  void build_indexes(const Plan& plan, Progress& progress) const;
  void run_view_sql(postgres::Connection& connection, const std::string& sql) const;
  /// The tables that were just made hold the records; before the events are read.
  void require_fitting_tables(postgres::Connection& connection, const Plan& plan) const;
  /// Those of this program's records, and of `more`.
  void drop_tables(postgres::Connection& connection, int version, std::vector<std::string> more = {}) const;
  /// Removes what is under way, or was left behind.
  void drop_pending(MigrationRun& run) const;
  /// Drops the tables of a version that is not live, as `drop_tables` does, and forgets the version.
  void throw_away(MigrationRun& run, int version, const std::vector<std::string>& more) const;
  void require_keepable(const KeptViews& replaced) const;
  std::vector<KeptVersion> drop_kept(MigrationRun& run, bool also_unexpired) const;
  /// Behind a switch, which is done whatever becomes of this. What somebody is using is left to the next step.
  void tidy_up(MigrationRun& run, MigrationResult& result) const;
  /// Whether tables of some projector are being made the live ones, or were when a program was killed.
  [[nodiscard]] bool activates(postgres::Connection& connection) const;
  [[nodiscard]] std::optional<KeptVersion> kept(postgres::Connection& connection, VersionTable& versions) const;
  [[nodiscard]] std::vector<std::string> exchanged_tables(const Plan& plan, const KeptViews& replaced) const;
  /// Within the switch.
  void go_forward(MigrationRun& run, const Plan& plan, const KeptViews& replaced);
  void swap_tables(MigrationRun& run, const Plan& plan, const KeptViews& replaced);

  std::string url_;
  const postgres::PostgresStore& store_;
  const Domain& domain_;
  ReplaySettings settings_;
  std::optional<std::chrono::seconds> keep_;
};

}  // namespace seriatim::migrations
