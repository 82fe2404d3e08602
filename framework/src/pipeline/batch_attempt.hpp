#pragma once
// One attempt to carry out commands as a batch.

#include <chrono>
#include <set>
#include <span>
#include <string_view>
#include <vector>

#include "core/command_executor.hpp"
#include "pipeline/batch_store.hpp"
#include "pipeline/submission.hpp"

namespace seriatim::pipeline {

/// What a lane's batches work with. All of it must outlive them.
struct BatchContext {
  core::CommandExecutor& executor;
  const core::CallContext& calls;  ///< The executor's, with the batch's store and the lane's clock.
  BatchState& state;
  std::chrono::microseconds time;  ///< For handling commands, until the batch is written.
};

/// Handles commands in memory, then stores what they came to. Not thread-safe.
class BatchAttempt {
 public:
  explicit BatchAttempt(const BatchContext& context) : context_{context} {}

  /// Handles as many of the commands as make a batch, from the first on; returns how many. With 0, the first is one for
  /// `execute`, and is marked so. Throws what says something about the database and not about a command.
  [[nodiscard]] std::size_t handle(std::span<Submission> commands);

  /// Stores everything, in one transaction. Throws what the transaction failed with: nothing is stored then, unless it is in
  /// doubt.
  void write();

  /// After `write`: what the i-th command came to, once its work for after the commit is done. To be asked in order.
  [[nodiscard]] Outcome finish(std::size_t i);

  /// Throws Error(optimistic_locking) unless everything that was taken from the cache is still so.
  void check_reads();

  /// Whether the i-th command would have stored something.
  [[nodiscard]] bool stores(std::size_t i) const { return members_[i].stores; }

  /// The version of the views that it relied on; null when it did not get that far.
  [[nodiscard]] const core::CommandExecutor::Active& views() const noexcept { return active_; }

 private:
  struct Member {
    Outcome outcome;
    std::vector<core::AfterCommitTask> after_commit;
    bool stores = false;
  };

  void load(std::span<Submission> commands);
  [[nodiscard]] std::set<std::string_view> projectors_in_turns() const;
  [[nodiscard]] Misfit handle(Submission& command, Member& member);
  [[nodiscard]] Misfit refused(const Submission& command, Member& member, bool had_events) const;

  const BatchContext& context_;
  core::CommandExecutor::Active active_;
  std::vector<Member> members_;
  std::vector<core::AppliedEvent> events_;  ///< Of all that were accepted, for the projectors.
};

}  // namespace seriatim::pipeline
