#pragma once
// The moment in which replayed tables become the live ones.

#include "migrations/progress.hpp"
#include "migrations/replay_step.hpp"

namespace seriatim::migrations {

/// Replays the last events while writers wait, and lets the tables change places, in one transaction. Not thread-safe.
class ReplaySwitch {
 public:
  /// All must outlive it.
  ReplaySwitch(ReplayStep& step, const ReplayRow& row, const Plan& plan, const ReplayHooks& hooks)
      : step_{step}, row_{row}, plan_{plan}, hooks_{hooks} {}

  /// Events below `from` are in the new tables. What the database throws means that nothing was changed; but see
  /// ErrorCode::in_doubt.
  void run(TransactionId from, Progress& progress);

  /// Whether the new tables are the live ones, whatever went wrong after that.
  [[nodiscard]] bool done() const noexcept { return done_; }

  [[nodiscard]] std::int64_t events() const noexcept { return events_; }
  [[nodiscard]] double pause_seconds() const noexcept { return pause_seconds_; }
  /// What could not be made as it was.
  [[nodiscard]] const std::vector<std::string>& notes() const noexcept { return notes_; }

 private:
  void attempt(Progress& progress);
  void swap(ReplayTables& tables, Progress& progress);
  void execute_all(const std::vector<std::string>& statements, const std::string& search_path);
  void finish();
  void keep_new_tables();
  void refuse_drift(ReplayTables& tables) const;
  void refuse_blockers(const ReplayDependents& dependents) const;
  void make_room();
  void validate_foreign_keys();

  ReplayStep& step_;
  const ReplayRow& row_;
  const Plan& plan_;
  const ReplayHooks& hooks_;
  TransactionId from_ = 0;
  bool done_ = false;
  std::int64_t events_ = 0;
  double pause_seconds_ = 0;
  std::vector<std::string> after_commit_;
  std::vector<std::string> notes_;
};

}  // namespace seriatim::migrations
