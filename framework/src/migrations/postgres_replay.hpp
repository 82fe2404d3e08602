#pragma once
// Replays of chosen projectors on PostgreSQL.

#include "migrations/progress.hpp"
#include "migrations/replay_step.hpp"
#include "seriatim/view_replay.hpp"

namespace seriatim::migrations {

/// See ViewReplay. The store must outlive it. Connections are opened when they are needed.
class PostgresReplay final : public ViewReplay {
 public:
  PostgresReplay(std::string url, const postgres::PostgresStore& store, std::size_t domain)
      : url_{std::move(url)}, store_{store}, domain_{store.registry().domains()[domain]} {}

  void divide(const ReplaySettings& settings) override;
  [[nodiscard]] ReplayStatus status() override;
  ReplayPreparation prepare(const std::vector<std::string>& projectors, const ReplayHooks& hooks) override;
  ReplayResult run(const ProgressReport& report, const Cancelled& cancelled) override;
  ReplayResult catch_up(const ProgressReport& report, const Cancelled& cancelled) override;
  ReplayResult optimize(const ProgressReport& report, const Cancelled& cancelled) override;
  ReplayResult go_live(const ReplayHooks& hooks, const ProgressReport& report, const Cancelled& cancelled) override;
  void abort() override;
  bool drop_archive() override;

 private:
  [[nodiscard]] std::vector<std::string> chosen(ReplayStep& step, const std::vector<std::string>& projectors) const;
  [[nodiscard]] ReplayPreparation make_tables(ReplayStep& step, const std::vector<std::string>& projectors,
                                              const ReplayHooks& hooks) const;
  std::int64_t load(ReplayStep& step, const ReplayRow& row, const Plan& plan, Progress& progress) const;
  void count_behind(postgres::Connection& connection, const ReplayRow& row, ReplayStatus& status) const;

  std::string url_;
  const postgres::PostgresStore& store_;
  const Domain& domain_;
  ReplaySettings settings_;
};

}  // namespace seriatim::migrations
