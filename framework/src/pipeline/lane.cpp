#include "pipeline/doubt.hpp"

#include <utility>

namespace seriatim::pipeline {
namespace {

constexpr int most_attempts = 3;  ///< Of one batch, before it is made smaller.

core::CallContext calls_of(const core::CallContext& executor, store::EventStore& store, const Clock& clock) {
  return {executor.service, executor.registry,           store, clock, executor.unknown, executor.max_workflow_depth,
          executor.secret_cost, executor.execution};
}

std::exception_ptr stopped() {
  return std::make_exception_ptr(
      Error{ErrorCode::pipeline_stopped, "the pipeline was stopped before the command was begun: nothing of it is stored"});
}

}  // namespace

Lane::Lane(core::CommandExecutor& executor, postgres::PostgresStore& store, const PipelineOptions& options,
           std::function<void()> answered)
    : executor_{executor},
      options_{options},
      answered_{std::move(answered)},
      cache_{store.registry(), options.cache_bytes / static_cast<std::size_t>(options.lanes)},
      state_{store, cache_},
      batch_store_{state_},
      clock_{executor.context().clock},
      calls_{calls_of(executor.context(), batch_store_, clock_)},
      alone_{calls_of(executor.context(), executor.context().store, clock_)},
      context_{executor, calls_, state_, options.batch_time},
      thread_{[this] { work(); }} {}

Lane::~Lane() {
  stop(PipelineStop::cancel);
  join();
}

void Lane::give(Submission submission) {
  const std::scoped_lock lock{mutex_};
  waiting_.push_back(std::move(submission));
  changed_.notify_one();
}

void Lane::stop(PipelineStop how) {
  const std::scoped_lock lock{mutex_};
  stopping_ = true;
  if (how == PipelineStop::cancel) cancelled_ = true;
  changed_.notify_all();
}

void Lane::join() {
  if (thread_.joinable()) thread_.join();
}

void Lane::work() noexcept {
  for (;;) {
    std::vector<Submission> commands = take();
    if (commands.empty()) return;
    carry_out(commands);
  }
}

/// Nothing when the lane is to end.
std::vector<Submission> Lane::take() {
  std::unique_lock lock{mutex_};
  changed_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
  std::vector<Submission> commands;
  const std::size_t size = std::min(waiting_.size(), options_.batch);
  commands.reserve(size);
  for (std::size_t i = 0; i < size; ++i) {
    commands.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  return commands;
}

/// Whatever happens, each command is answered.
void Lane::carry_out(std::span<Submission> commands) noexcept {
  try {
    settle_all(commands);
  } catch (...) {
    state_.failed();
    for (Submission& command : commands) {
      if (!command.answered()) answer(command, {std::current_exception(), {}});
    }
  }
}

void Lane::settle_all(std::span<Submission> commands) {
  while (!commands.empty()) commands = commands.subspan(settle_some(commands));
}

/// Brings some of the commands to their end, from the first on; returns how many.
std::size_t Lane::settle_some(std::span<Submission> commands) {
  for (int attempts = 1;; ++attempts) {
    if (cancelled()) {
      answer_all(commands, stopped());
      return commands.size();
    }
    if (goes_alone(commands)) {
      execute(commands.front());
      return 1;
    }
    BatchAttempt attempt{context_};
    std::size_t count = 0;
    try {
      count = attempt.handle(commands);
      if (count == 0) {
        execute(commands.front());
        return 1;
      }
      attempt.write();
    } catch (const Error& error) {
      state_.failed();
      const std::exception_ptr failure = std::current_exception();
      if (error.in_doubt()) {
        Doubt{*this, commands.first(count), attempt, failure}.settle();
        cache_.clear();
        return count;
      }
      if (error.code() == ErrorCode::connection_lost) {
        cache_.clear();
        if (wait_for_database()) continue;
        answer_all(commands, cancelled() ? stopped() : failure);
        return commands.size();
      }
      unreachable_since_.reset();
      if (try_again(error, attempt, attempts)) continue;
      if (count == 0) throw;  // Reading failed, in a way that no command is to blame for.
      settle_parts(commands.first(count));
      return count;
    }
    unreachable_since_.reset();
    back_off_.reset();
    state_.stored();
    for (std::size_t i = 0; i < count; ++i) answer(commands[i], attempt.finish(i));
    return count;
  }
}

bool Lane::goes_alone(std::span<const Submission> commands) const {
  return commands.size() == 1 && options_.lone_command == LoneCommand::execute;
}

/// What one of them fails with is not to fail the others.
void Lane::settle_parts(std::span<Submission> commands) {
  if (commands.size() == 1) return execute(commands.front());
  settle_all(commands.first(commands.size() / 2));
  settle_all(commands.subspan(commands.size() / 2));
}

bool Lane::try_again(const Error& error, const BatchAttempt& attempt, int attempts) {
  if (attempts >= most_attempts || !error.retryable()) return false;
  if (error.code() == ErrorCode::projector_migrating) {
    return attempt.views() != nullptr && executor_.has_newer_views(attempt.views());
  }
  if (error.code() == ErrorCode::transient) pause(back_off_.next());
  return true;
}

void Lane::execute(Submission& command) { answer(command, outcome_alone(command)); }

/// As a call of its own. `doubt` is the error of an attempt that may have stored it: unless the database says more, it stands.
Outcome Lane::outcome_alone(const Submission& command, std::exception_ptr doubt) {
  for (;;) {
    Outcome outcome;
    try {
      outcome.result = executor_.carry_out(command.request(), alone_);
      unreachable_since_.reset();
      back_off_.reset();
      for (const StoredEvent& event : outcome.result.events) cache_.erase(event.aggregate_id);
    } catch (const Error& error) {
      outcome.error = std::current_exception();
      const bool lost = error.code() == ErrorCode::connection_lost;
      const bool can_tell = error.in_doubt() && command.request().has_keys();
      if (error.in_doubt()) doubt = outcome.error;
      if (lost || error.in_doubt()) cache_.clear();
      if ((lost || can_tell) && wait_for_database()) continue;
      if (lost && doubt != nullptr) outcome.error = doubt;
      if (lost && doubt == nullptr && cancelled()) outcome.error = stopped();
      if (!lost && !error.in_doubt()) unreachable_since_.reset();
    } catch (...) {
      outcome.error = std::current_exception();
    }
    cache_.erase(command.id());
    return outcome;
  }
}

/// Pauses; false when that has been in vain for long enough, or the pipeline is cancelled.
bool Lane::wait_for_database() {
  const Steady::time_point now = Steady::now();
  if (!unreachable_since_) unreachable_since_ = now;
  if (cancelled() || now - *unreachable_since_ >= options_.reconnect_for) return false;
  pause(back_off_.next());
  return true;
}

void Lane::pause(std::chrono::milliseconds length) {
  std::unique_lock lock{mutex_};
  changed_.wait_for(lock, length, [&] { return cancelled(); });
}

void Lane::answer(Submission& command, Outcome outcome) {
  command.answer(std::move(outcome));
  answered_();
}

void Lane::answer_all(std::span<Submission> commands, const std::exception_ptr& error) {
  for (Submission& command : commands) answer(command, {error, {}});
}

}  // namespace seriatim::pipeline
