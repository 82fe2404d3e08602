#pragma once
// Publishing events to workflows, inside the command's transaction.

#include <vector>

#include "core/unit_of_work.hpp"
#include "core/workflow_after_commit.hpp"
#include "core/workflow_queue.hpp"
#include "seriatim/workflow.hpp"

namespace seriatim::core {

/// The workflows' side of one call: what `Workflow` hands on to. Not thread-safe.
class WorkflowScope {
 public:
  /// `recorder` may be null. All of them must outlive the scope.
  WorkflowScope(const Registry& registry, CommandQueue& queue, DryRunRecorder* recorder)
      : registry_{registry}, queue_{queue}, recorder_{recorder} {}

  /// Calls the workflows that take the event, in the order registered. Throws Error(publish) naming workflow, event and
  /// cause; errors of the connection and Error(workflow_depth) pass unchanged.
  void publish(const AppliedEvent& event);

  void execute(std::vector<AnyCommand> commands) { queue_.push(std::move(commands)); }
  void after_commit(Workflow::AfterCommitWork work, AfterCommitErrors errors);

  /// What was asked for after the commit, in that order.
  [[nodiscard]] std::vector<AfterCommitTask> take_after_commit() { return std::move(after_commit_); }

 private:
  void call(const WorkflowSubscription& subscription, const AppliedEvent& event);

  const Registry& registry_;
  CommandQueue& queue_;
  DryRunRecorder* recorder_;
  std::vector<AfterCommitTask> after_commit_;
  std::string_view workflow_;   ///< That is being called.
  const EventHeader* event_ = nullptr;
};

}  // namespace seriatim::core
