#include <utility>

#include "pipeline/doubt.hpp"
#include "store/postgres/lease.hpp"
#include "store/postgres/lost_session.hpp"
#include "store/postgres/receipts.hpp"

namespace seriatim::pipeline {
namespace {

constexpr int most_attempts = 3;  ///< Of one batch, before it is made smaller.

core::CallContext calls_of(const core::CallContext& executor, store::EventStore& store, const Clock& clock) {
  return {executor.service, executor.registry,           store, clock, executor.unknown, executor.max_workflow_depth,
          executor.secret_cost, executor.execution};
}

bool is(const std::exception_ptr& failure, ErrorCode code) {
  if (failure == nullptr) return false;
  try {
    std::rethrow_exception(failure);
  } catch (const Error& error) {
    return error.code() == code;
  } catch (...) {
    return false;
  }
}

std::exception_ptr stopped() {
  return std::make_exception_ptr(
      Error{ErrorCode::pipeline_stopped, "the pipeline was stopped before the command was begun: nothing of it is stored"});
}

}  // namespace

std::exception_ptr not_stored() {
  return std::make_exception_ptr(
      Error{ErrorCode::connection_lost, "the connection was lost before the command's turn was over; nothing of it is "
                                                "stored, and others may have come after it: submit it again"});
}

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

/// Brings some of the commands to their end, from the first on; returns how many. None: they are to be made again.
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
    } catch (const postgres::CommitLost& error) {
      return settle_doubtful(commands, count, attempt, error);
    } catch (const Error& error) {
      state_.failed();
      if (error.code() == ErrorCode::connection_lost) {
        cache_.clear();
        return settle_lost(commands, std::current_exception());
      }
      has_reached_database();
      if (try_again(error, attempt, attempts)) continue;
      return settle_failed(commands.first(count));
    } catch (...) {
      state_.failed();
      return settle_failed(commands.first(count));
    }
    has_reached_database();
    state_.stored();
    for (std::size_t i = 0; i < count; ++i) answer(commands[i], attempt.finish(i));
    return count;
  }
}

/// The first `count` are a batch whose COMMIT was not answered.
std::size_t Lane::settle_doubtful(std::span<Submission> commands, std::size_t count, BatchAttempt& attempt,
                                  const postgres::CommitLost& error) {
  state_.failed();
  const std::size_t settled = Doubt{*this, commands.first(count), attempt, error}.settle();
  cache_.clear();
  if (settled == count) return count;
  if (const std::size_t lost = settle_lost(commands.subspan(settled), not_stored()); lost != 0) return settled + lost;
  settle_parts(commands.subspan(settled, count - settled));  // Perhaps no connection survives the whole of it.
  return count;
}

/// A batch that failed, with what is being handled.
std::size_t Lane::settle_failed(std::span<Submission> batch) {
  if (batch.empty()) throw;  // Reading failed, in a way that no command is to blame for.
  settle_parts(batch);
  return batch.size();
}

/// Nothing of them is stored. They are made again when the database is back in time, and are settled when it is not.
std::size_t Lane::settle_lost(std::span<Submission> commands, const std::exception_ptr& failure) {
  if (wait_for_database()) return 0;
  answer_all(commands, cancelled() ? stopped() : failure);
  return commands.size();
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
    return attempt.views() != nullptr && has_newer_views(attempt.views());
  }
  if (error.code() == ErrorCode::transient) pause(back_off_.next());
  return true;
}

/// Also when the connection is lost meanwhile: the next attempt waits until the database is back, and learns whether it has.
bool Lane::has_newer_views(const core::CommandExecutor::Active& met) {
  try {
    return executor_.has_newer_views(met);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::connection_lost) return true;
    throw;
  }
}

void Lane::execute(Submission& command) { answer(command, outcome_alone(command)); }

/// As a call of its own, again and again while the database cannot be reached.
Outcome Lane::outcome_alone(const Submission& command) {
  for (;;) {
    Outcome outcome = attempt_alone(command);
    if (is(outcome.error, ErrorCode::connection_lost)) {
      cache_.clear();
      if (wait_for_database()) continue;
      if (cancelled()) outcome.error = stopped();
    }
    cache_.erase(command.id());
    for (const StoredEvent& event : outcome.result.events) cache_.erase(event.aggregate_id);
    return outcome;
  }
}

Outcome Lane::attempt_alone(const Submission& command) {
  Outcome outcome;
  try {
    outcome.result = executor_.carry_out(command.request(), alone_);
  } catch (const postgres::CommitLost& error) {
    cache_.clear();
    if (command.request().has_keys()) return resolved(command, error);
    outcome.error = std::current_exception();
  } catch (...) {
    outcome.error = std::current_exception();
    if (is(outcome.error, ErrorCode::connection_lost)) return outcome;
  }
  has_reached_database();
  return outcome;
}

/// What a command with a key came to whose COMMIT was not answered. Error(connection_lost) when nothing of it is stored.
Outcome Lane::resolved(const Submission& command, const postgres::CommitLost& error) {
  std::optional<ExecutionResult> first;
  try {
    const Found found = find_out(error.session(), [&](postgres::Connection& connection) {
      first = command.request().first_outcome([&](const std::vector<std::string>& keys, const std::string& request) {
        return postgres::find_receipts(connection, keys, request);
      });
      return first.has_value();
    });
    if (found == Found::stored) {
      has_reached_database();
      return {nullptr, *std::move(first)};
    }
    return {found == Found::not_stored ? not_stored() : std::make_exception_ptr(error), {}};
  } catch (const Error&) {
    has_reached_database();
    return {std::current_exception(), {}};
  }
}

/// Of a transaction whose COMMIT was not answered, over a session that is lost. What is not stored when somebody looks may be
/// stored later, unless the session was over before: a server process that waits for a lock does not know that its client is gone.
/// `is_stored` looks. Whatever the database fails with meanwhile tells nothing.
Found Lane::find_out(const postgres::Session& session, const std::function<bool(postgres::Connection&)>& is_stored) {
  bool answered = false;
  do {
    try {
      const postgres::Loan connection{state_.store().pool()};
      const bool over = postgres::is_over(session, *connection, state_.store().names());
      if (is_stored(*connection)) return Found::stored;
      if (over) return Found::not_stored;
      answered = true;
    } catch (const Error& error) {
      if (error.code() == ErrorCode::idempotency_key_reused) throw;
      answered = false;
    }
  } while (wait_for_database());
  if (answered) has_reached_database();
  return Found::nothing;
}

/// Pauses; false when that has been in vain for long enough, or the pipeline is cancelled.
bool Lane::wait_for_database() {
  const Steady::time_point now = Steady::now();
  if (!unreachable_since_) unreachable_since_ = now;
  if (cancelled() || now - *unreachable_since_ >= options_.reconnect_for) return false;
  pause(back_off_.next());
  return true;
}

void Lane::has_reached_database() noexcept {
  unreachable_since_.reset();
  back_off_.reset();
}

void Lane::pause(std::chrono::milliseconds length) {
  std::unique_lock lock{mutex_};
  changed_.wait_for(lock, length, [&] { return cancelled(); });
}

void Lane::answer(Submission& command, Outcome outcome) {
  answered_();  // Before: whoever has the answer finds the room.
  command.answer(std::move(outcome));
}

void Lane::answer_all(std::span<Submission> commands, const std::exception_ptr& error) {
  for (Submission& command : commands) answer(command, {error, {}});
}

}  // namespace seriatim::pipeline
