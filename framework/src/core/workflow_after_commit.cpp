#include "core/workflow_after_commit.hpp"

#include <utility>

namespace seriatim::core {
namespace {

/// A piece of work that is being done on this thread.
struct Frame {
  Frame(const CommandService& of_service, const AfterCommitTask& of_task, ExecutionResult& of_result)
      : service{&of_service}, task{&of_task}, result{&of_result}, outer{std::exchange(innermost, this)} {}
  ~Frame() { innermost = outer; }
  Frame(const Frame&) = delete;
  Frame& operator=(const Frame&) = delete;

  static Frame* of(const CommandService& service) noexcept {
    Frame* frame = innermost;
    while (frame != nullptr && frame->service != &service) frame = frame->outer;
    return frame;
  }

  const CommandService* service;
  const AfterCommitTask* task;
  ExecutionResult* result;
  Frame* outer;

  static thread_local Frame* innermost;
};

thread_local Frame* Frame::innermost = nullptr;

AfterCommitFailure failure(const AfterCommitTask& task, bool skipped, std::string message) {
  return {std::string{task.workflow}, task.event.aggregate_id, task.event.sequence_number, skipped, std::move(message)};
}

/// What went wrong; nothing when all is well.
std::optional<std::string> attempt(CommandService& service, const AfterCommitTask& task, ExecutionResult& result) {
  const Frame frame{service, task, result};
  try {
    task.work(service);
    return std::nullopt;
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "something was thrown that is no std::exception";
  }
}

}  // namespace

void run_after_commit(CommandService& service, std::vector<AfterCommitTask> tasks, ExecutionResult& result) {
  bool stopped = false;
  for (const AfterCommitTask& task : tasks) {
    if (stopped) {
      result.after_commit_failures.push_back(failure(task, true, "not begun, because work before it failed"));
      continue;
    }
    std::optional<std::string> error = attempt(service, task, result);
    if (!error) continue;
    result.after_commit_failures.push_back(failure(task, false, std::move(*error)));
    stopped = task.errors == AfterCommitErrors::stop;
  }
  // Work that calls the service may ignore what it is told; whoever made the first call must hear of it.
  if (const Frame* outer = Frame::of(service)) {
    auto& failures = outer->result->after_commit_failures;
    failures.insert(failures.end(), result.after_commit_failures.begin(), result.after_commit_failures.end());
  }
}

CausePtr after_commit_cause(const CommandService& service) noexcept {
  const Frame* frame = Frame::of(service);
  return frame == nullptr ? nullptr : frame->task->cause;
}

}  // namespace seriatim::core
