#pragma once
// A command that somebody waits for.

#include <boost/asio/any_completion_executor.hpp>
#include <memory>

#include "core/command_request.hpp"
#include "seriatim/pipeline.hpp"

namespace seriatim::pipeline {

/// What a command came to.
struct Outcome {
  std::exception_ptr error;
  ExecutionResult result;
};

/// Answers once. Movable, not thread-safe.
class Submission {
 public:
  using Completion = boost::asio::any_completion_handler<CommandPipeline::Signature>;

  /// `own` is the executor of completions without one.
  Submission(AnyCommand command, Completion completion, const CommandPipeline::executor_type& own);

  [[nodiscard]] const core::CommandRequest& request() const noexcept { return request_; }
  [[nodiscard]] const AnyCommand& command() const noexcept { return request_.commands().front(); }
  [[nodiscard]] const AggregateId& id() const noexcept { return command().base().aggregate_id; }

  /// Whether it was found to be one for `execute`.
  [[nodiscard]] bool alone() const noexcept { return alone_; }
  void set_alone() noexcept { alone_ = true; }

  [[nodiscard]] bool answered() const noexcept { return completion_ == nullptr; }
  /// From a thread that is not the caller of `submit`.
  void answer(Outcome outcome);
  /// From within `submit`, which must have returned before the completion is called: by way of the pipeline's own executor.
  void answer_later(Outcome outcome, const CommandPipeline::executor_type& own) &&;

 private:
  core::CommandRequest request_;
  std::unique_ptr<Completion> completion_;  ///< Not by value: Boost 1.81 cannot assign one.
  boost::asio::any_completion_executor executor_;  ///< Kept busy until the answer.
  bool alone_ = false;
};

}  // namespace seriatim::pipeline
