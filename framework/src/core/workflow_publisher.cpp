#include "core/workflow_publisher.hpp"

#include <algorithm>

#include "core/dry_run_recorder.hpp"

namespace seriatim::core {
namespace {

/// Errors that say more than that the workflow failed.
bool passes(const Error& error) {
  return error.retryable() || error.in_doubt() || error.code() == ErrorCode::publish ||
         error.code() == ErrorCode::workflow_depth;
}

[[noreturn]] void throw_failed(std::string_view workflow, std::string_view event_type, const EventHeader& header,
                               std::string_view cause) {
  throw_error<ErrorCode::publish>("workflow " + std::string{workflow} + " failed on event " +
                                  std::to_string(header.sequence_number) + " of aggregate " +
                                  uuid_text(header.aggregate_id) + " (" + std::string{event_type} +
                                  "): " + std::string{cause});
}

bool takes(const WorkflowSubscription& subscription, const MessageType& type, const AppliedEvent& event) {
  if (subscription.conditional.empty()) return true;
  const AnyEvent any{event.header, type, event.event.get()};
  return std::any_of(subscription.conditional.begin(), subscription.conditional.end(),
                     [&](const EventMatcher* matcher) { return matcher->holds(any); });
}

struct Entered {
  CommandQueue& queue;
  ~Entered() { queue.leave(); }
};

}  // namespace

void WorkflowScope::publish(const AppliedEvent& event) {
  for (const WorkflowSubscription& subscription : registry_.events()[event.type].workflows) call(subscription, event);
}

void WorkflowScope::call(const WorkflowSubscription& subscription, const AppliedEvent& event) {
  const WorkflowType& workflow = *registry_.workflows()[subscription.workflow].type;
  const MessageType& type = registry_.events()[event.type].type;
  queue_.enter(workflow.name, type.name, event.header);
  const Entered entered{queue_};
  workflow_ = workflow.name;
  event_ = &event.header;
  try {
    if (!takes(subscription, type, event)) return;
    if (recorder_ != nullptr) recorder_->entered(workflow.name);
    Workflow issue{*this};
    subscription.handler->invoke(workflow.instance.get(), event.header, type, event.event.get(), issue);
    if (recorder_ != nullptr) recorder_->left();
  } catch (const Error& error) {
    if (passes(error)) throw;
    throw_failed(workflow.name, type.name, event.header, error.what());
  } catch (const std::exception& error) {
    throw_failed(workflow.name, type.name, event.header, error.what());
  }
}

void WorkflowScope::after_commit(Workflow::AfterCommitWork work, AfterCommitErrors errors) {
  if (recorder_ != nullptr) recorder_->after_commit();
  after_commit_.push_back({std::move(work), errors, workflow_, *event_, queue_.cause()});
}

}  // namespace seriatim::core

namespace seriatim {

void Workflow::execute(std::vector<AnyCommand> commands) { scope_.execute(std::move(commands)); }

void Workflow::add_after_commit(AfterCommitWork work, AfterCommitErrors errors) {
  scope_.after_commit(std::move(work), errors);
}

}  // namespace seriatim
