#pragma once
// A lane of the pipeline: one thread that carries out the commands routed to it.

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "pipeline/back_off.hpp"
#include "pipeline/batch_attempt.hpp"

namespace seriatim::pipeline {

/// A clock that never goes back.
class LaneClock final : public Clock {
 public:
  explicit LaneClock(const Clock& clock) : clock_{clock} {}
  /// Only for the lane's thread.
  [[nodiscard]] Timestamp now() const override { return last_ = std::max(last_, clock_.now()); }

 private:
  const Clock& clock_;
  mutable Timestamp last_{};
};

/// What is known of a transaction whose COMMIT was not answered.
enum class Found : std::uint8_t {
  nothing,     ///< The database did not tell in time.
  stored,
  not_stored,  ///< Nor ever will be.
};

/// The error of a command of which nothing is stored, although it was in doubt.
[[nodiscard]] std::exception_ptr not_stored();

/// Takes what waits, in the order in which it came, as batches, and answers each command. `give` and `stop` are for any
/// thread.
class Lane {
 public:
  /// `answered` is called before each answer. All must outlive the lane.
  Lane(core::CommandExecutor& executor, postgres::PostgresStore& store, const PipelineOptions& options,
       std::function<void()> answered);
  ~Lane();
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  void give(Submission submission);

  /// Whether the calling thread is the lane's. Not after `join` was called.
  [[nodiscard]] bool runs_here() const noexcept { return thread_.get_id() == std::this_thread::get_id(); }

  /// Ends the thread when nothing waits; with `cancel`, what was not begun is answered with Error(pipeline_stopped).
  void stop(PipelineStop how);
  /// After `stop`.
  void join();

 private:
  friend class Doubt;
  using Steady = std::chrono::steady_clock;

  void work() noexcept;
  [[nodiscard]] std::vector<Submission> take();
  void carry_out(std::span<Submission> commands) noexcept;
  void settle_all(std::span<Submission> commands);
  [[nodiscard]] std::size_t settle_some(std::span<Submission> commands);
  [[nodiscard]] std::size_t settle_doubtful(std::span<Submission> commands, std::size_t count, BatchAttempt& attempt,
                                            const postgres::CommitLost& error);
  [[nodiscard]] std::size_t settle_failed(std::span<Submission> batch);
  [[nodiscard]] std::size_t settle_lost(std::span<Submission> commands, const std::exception_ptr& failure);
  [[nodiscard]] bool goes_alone(std::span<const Submission> commands) const;
  void settle_parts(std::span<Submission> commands);
  void execute(Submission& command);
  [[nodiscard]] Outcome outcome_alone(const Submission& command);
  [[nodiscard]] Outcome attempt_alone(const Submission& command);
  [[nodiscard]] Outcome resolved(const Submission& command, const postgres::CommitLost& error);
  [[nodiscard]] Found find_out(const postgres::Session& session,
                               const std::function<bool(postgres::Connection&)>& is_stored);
  [[nodiscard]] bool try_again(const Error& error, const BatchAttempt& attempt, int attempts);
  [[nodiscard]] bool has_newer_views(const core::CommandExecutor::Active& met);
  [[nodiscard]] bool wait_for_database();
  void has_reached_database() noexcept;
  [[nodiscard]] bool cancelled() const noexcept { return cancelled_.load(std::memory_order_relaxed); }
  void answer(Submission& command, Outcome outcome);
  void answer_all(std::span<Submission> commands, const std::exception_ptr& error);
  void pause(std::chrono::milliseconds length);

  core::CommandExecutor& executor_;
  const PipelineOptions& options_;
  std::function<void()> answered_;
  core::AggregateCache cache_;
  BatchState state_;
  BatchStore batch_store_;
  LaneClock clock_;
  const core::CallContext calls_;  ///< Of a batch.
  const core::CallContext alone_;  ///< Of a command that is executed alone.
  const BatchContext context_;
  BackOff back_off_;
  std::optional<Steady::time_point> unreachable_since_;

  std::mutex mutex_;  ///< Guards those below.
  std::condition_variable changed_;
  std::deque<Submission> waiting_;
  bool stopping_ = false;
  std::atomic<bool> cancelled_{false};
  std::thread thread_;
};

}  // namespace seriatim::pipeline
