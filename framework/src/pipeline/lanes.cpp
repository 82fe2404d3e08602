#include "pipeline/lanes.hpp"

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

void Lanes::accept(AnyCommand command, boost::asio::any_completion_handler<Signature> completion) {
  Submission submission{std::move(command), std::move(completion), get_executor()};
  if (const std::exception_ptr error = enter()) {
    return std::move(submission).answer_later({error, {}}, get_executor());
  }
  const std::size_t lane = std::hash<AggregateId>{}(submission.id()) % lanes_.size();
  lanes_[lane]->give(std::move(submission));
  const std::scoped_lock lock{mutex_};
  --entering_;
  room_.notify_all();
}

std::exception_ptr Lanes::enter() {
  std::unique_lock lock{mutex_};
  if (options_.when_full == WhenFull::block) room_.wait(lock, [&] { return stopped_ || held_ < options_.capacity; });
  if (stopped_) return stopped();
  if (held_ >= options_.capacity) return full(options_.capacity);
  ++held_;
  ++entering_;
  return nullptr;
}

void Lanes::answered() noexcept {
  const std::scoped_lock lock{mutex_};
  --held_;
  room_.notify_one();
}

void Lanes::stop(PipelineStop how) {
  {
    std::unique_lock lock{mutex_};
    stopped_ = true;
    room_.notify_all();
    // Who has a place gets to a lane, which must not end before that.
    room_.wait(lock, [&] { return entering_ == 0; });
  }
  // A cancellation is not kept waiting by a drain that is under way.
  for (const auto& lane : lanes_) lane->stop(how);
  const std::scoped_lock one{stopping_};
  for (const auto& lane : lanes_) lane->join();
}

}  // namespace seriatim::pipeline
