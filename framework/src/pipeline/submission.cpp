#include "pipeline/submission.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <utility>

namespace seriatim::pipeline {
namespace {

std::vector<AnyCommand> list_of(AnyCommand command) {
  std::vector<AnyCommand> list;
  list.push_back(std::move(command));
  return list;
}

auto call(Submission::Completion& completion, Outcome outcome) {
  return [completion = std::move(completion), outcome = std::move(outcome)]() mutable {
    std::move(completion)(outcome.error, std::move(outcome.result));
  };
}

}  // namespace

Submission::Submission(AnyCommand command, Completion completion, const CommandPipeline::executor_type& own)
    : request_{list_of(std::move(command)), {}},
      completion_{std::make_unique<Completion>(std::move(completion))},
      executor_{boost::asio::prefer(
          boost::asio::get_associated_executor(*completion_, boost::asio::any_completion_executor{own}),
          boost::asio::execution::outstanding_work.tracked)} {}

void Submission::answer(Outcome outcome) {
  auto whole = call(*completion_, std::move(outcome));
  completion_.reset();
  boost::asio::dispatch(std::exchange(executor_, {}), std::move(whole));
}

void Submission::answer_later(Outcome outcome, const CommandPipeline::executor_type& own) && {
  boost::asio::post(own, [submission = std::move(*this), outcome = std::move(outcome)]() mutable {
    submission.answer(std::move(outcome));
  });
}

}  // namespace seriatim::pipeline
