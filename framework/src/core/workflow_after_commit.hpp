#pragma once
// Work that workflows asked for after the commit.

#include <vector>

#include "core/workflow_queue.hpp"
#include "seriatim/workflow.hpp"

namespace seriatim::core {

/// One piece of it.
struct AfterCommitTask {
  Workflow::AfterCommitWork work;
  AfterCommitErrors errors;
  std::string_view workflow;
  EventHeader event;
  CausePtr cause;
};

/// Does the work, in order, on this thread, which must be in no call of the service by then. What fails is added to the
/// result; nothing is thrown, because the result is stored.
void run_after_commit(CommandService& service, std::vector<AfterCommitTask> tasks, ExecutionResult& result);

/// Why commands are issued that the service is given on this thread right now: when it is in after-commit work of that
/// service, the event at which the work was asked for; else null.
[[nodiscard]] CausePtr after_commit_cause(const CommandService& service) noexcept;

}  // namespace seriatim::core
