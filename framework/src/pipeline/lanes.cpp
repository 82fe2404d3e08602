#include "pipeline/lanes.hpp"

#include <algorithm>
#include <boost/uuid/uuid_hash.hpp>
#include <utility>

namespace seriatim::pipeline {
namespace {

const PipelineOptions& checked(const PipelineOptions& options) {
  if (options.lanes < 1) throw_error<ErrorCode::usage>("a pipeline needs at least one lane");
  if (options.capacity == 0) throw_error<ErrorCode::usage>("a pipeline needs room for at least one command");
  if (options.batch == 0) throw_error<ErrorCode::usage>("a batch of a pipeline has at least one command");
  return options;
}

std::exception_ptr full(std::size_t capacity) {
  return std::make_exception_ptr(
      Error{ErrorCode::pipeline_full, "the pipeline holds " + std::to_string(capacity) +
                                          " commands already: submit it again when some of them are done"});
}

std::exception_ptr stopped() {
  return std::make_exception_ptr(
      Error{ErrorCode::pipeline_stopped, "the pipeline is stopped: nothing of the command is stored"});
}

}  // namespace

Lanes::Lanes(core::CommandExecutor& executor, postgres::PostgresStore& store, const PipelineOptions& options)
    : options_{checked(options)} {
  for (int i = 0; i < options_.lanes; ++i) {
    lanes_.push_back(std::make_unique<Lane>(executor, store, options_, [this] { answered(); }));
  }
}

Lanes::~Lanes() {
  stop(PipelineStop::cancel);
  completions_.join();
}

void Lanes::accept(AnyCommand command, boost::asio::any_completion_handler<Signature> completion, Caller caller) {
  Submission submission{std::move(command), std::move(completion), get_executor()};
  std::unique_lock lock{mutex_};
  if (stopped_) return std::move(submission).answer_later({stopped(), {}}, get_executor());
  if (outside_.empty() && held_ < options_.capacity) return admit(std::move(submission));
  if (options_.when_full == WhenFull::fail) {
    return std::move(submission).answer_later({full(options_.capacity), {}}, get_executor());
  }
  // A completion, a handler or work for after the commit, on the thread of a lane that would wait for itself.
  if (caller == Caller::coroutine || runs_in_lane()) {
    outside_.push_back({std::move(submission), nullptr});
    return;
  }
  bool over = false;
  outside_.push_back({std::move(submission), &over});
  changed_.wait(lock, [&] { return over; });
}

/// To be asked before the lanes are stopped.
bool Lanes::runs_in_lane() const {
  return std::any_of(lanes_.begin(), lanes_.end(), [](const auto& lane) { return lane->runs_here(); });
}

/// To its lane, in the order in which commands are admitted.
void Lanes::admit(Submission submission) {
  ++held_;
  const std::size_t lane = std::hash<AggregateId>{}(submission.id()) % lanes_.size();
  lanes_[lane]->give(std::move(submission));
}

Submission Lanes::take_from_outside() {
  Outside first = std::move(outside_.front());
  outside_.pop_front();
  if (first.over != nullptr) *first.over = true;
  changed_.notify_all();
  return std::move(first.submission);
}

void Lanes::answered() noexcept {
  const std::scoped_lock lock{mutex_};
  --held_;
  while (!outside_.empty() && held_ < options_.capacity) admit(take_from_outside());
}

void Lanes::stop(PipelineStop how) {
  {
    std::unique_lock lock{mutex_};
    stopped_ = true;
    while (how == PipelineStop::cancel && !outside_.empty()) {
      take_from_outside().answer_later({stopped(), {}}, get_executor());
    }
    // The lanes make room for those outside, and must not end before that.
    changed_.wait(lock, [&] { return outside_.empty(); });
  }
  // A cancellation is not kept waiting by a drain that is under way.
  for (const auto& lane : lanes_) lane->stop(how);
  const std::scoped_lock one{stopping_};
  for (const auto& lane : lanes_) lane->join();
}

}  // namespace seriatim::pipeline
