#include "core/workflow_queue.hpp"

#include "core/dry_run_recorder.hpp"

namespace seriatim::core {
namespace {

bool same_step(const Cause& a, const Cause& b) {
  return a.command_type == b.command_type && a.event_type == b.event_type && a.workflow == b.workflow;
}

std::string step(const Cause& cause) {
  std::string text{cause.command_type};
  if (!cause.event_type.empty()) text.append(" -> ").append(cause.event_type).append(" -> ").append(cause.workflow);
  return text;
}

/// The end of the chain, from the last time that it went through its last step: one round of a loop.
std::string last_round(const Cause& last) {
  std::string text = step(last);
  for (const Cause* cause = last.before.get(); cause != nullptr; cause = cause->before.get()) {
    text.insert(0, step(*cause) + " -> ");
    if (same_step(*cause, last)) break;
  }
  return text;
}

[[noreturn]] void throw_too_deep(const Cause& cause, int limit) {
  throw_error<ErrorCode::workflow_depth>(
      "commands issue commands more than " + std::to_string(limit) + " deep (" + last_round(cause) +
      "): break the loop with a condition, or raise Options::max_workflow_depth where it is none");
}

/// The receipt of a call is that of all that it does.
void refuse_key(const Command& issued) {
  if (!issued.idempotency_key) return;
  throw_error<ErrorCode::usage>("a command that is executed from within a handler or workflow carries the idempotency key \"" +
                                *issued.idempotency_key + "\": leave it out, the key of the running call covers it");
}

/// Who asked for the causing command asks for what follows from it, unless the command says otherwise.
void attribute(Command& command, const Cause& cause) {
  if (cause.event_type.empty()) return;
  command.event_aggregate_id = cause.event.aggregate_id;
  command.event_sequence_number = cause.event.sequence_number;
  if (!command.user_id) command.user_id = cause.user_id;
}

}  // namespace

void CommandQueue::push(std::vector<AnyCommand> commands) {
  if (commands.empty()) return;
  const CausePtr why = cause();
  if (why != nullptr && why->depth > max_depth_) throw_too_deep(*why, max_depth_);
  if (running_) {
    for (const AnyCommand& command : commands) refuse_key(command.base());
  }
  for (AnyCommand& command : commands) {
    if (why != nullptr) attribute(command.base(), *why);
    if (recorder_ != nullptr) recorder_->queued(command);
    queue_.push_back({std::move(command), why});
  }
}

AnyCommand& CommandQueue::start_next() {
  cause_ = nullptr;
  running_.emplace(std::move(queue_.front()));
  queue_.pop_front();
  if (recorder_ != nullptr) recorder_->started();
  return running_->command;
}

void CommandQueue::enter(std::string_view workflow, std::string_view event_type, const EventHeader& event) {
  workflow_ = workflow;
  event_type_ = event_type;
  event_ = event;
  cause_ = nullptr;
}

CausePtr CommandQueue::cause() {
  if (!running_) return outer_;
  if (cause_ != nullptr) return cause_;
  Cause made{running_->cause, running_->command.type().name};
  if (!workflow_.empty()) {
    made.event_type = event_type_;
    made.workflow = workflow_;
    made.event = event_;
    made.user_id = running_->command.base().user_id;
  }
  if (made.before != nullptr) made.depth = made.before->depth + 1;
  cause_ = std::make_shared<const Cause>(std::move(made));
  return cause_;
}

}  // namespace seriatim::core
