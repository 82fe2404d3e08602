#pragma once
// One `execute` while it runs: its transaction, its unit of work and its queue of commands.

#include <exception>
#include <memory>
#include <span>
#include <vector>

#include "core/dry_run_transaction.hpp"
#include "core/command_request.hpp"
#include "core/unit_of_work.hpp"
#include "core/workflow_publisher.hpp"
#include "seriatim/execution.hpp"
#include "views/active_views.hpp"

namespace seriatim::core {

/// What a call works with. The service that makes it keeps all of it alive.
struct CallContext {
  const CommandService& service;  ///< Whose call it is.
  const Registry& registry;
  store::EventStore& store;
  const Clock& clock;
  UnknownCommands unknown;
  int max_workflow_depth;
  int secret_cost;  ///< See Secret::hash.
  Execution execution;
};

/// What makes a call a dry run. The recorder takes the place of the projectors.
struct DryRunPart {
  DryRunStreams& streams;
  DryRunRecorder& recorder;
};

/// What a command expects of its aggregate.
struct ExpectedVersion {
  AggregateId id;
  std::int32_t version;
  std::int32_t own;  ///< How many of the events up to it are those of this call.
};

/// One attempt to carry out one call. Not thread-safe: it belongs to the thread that calls.
class CommandCall {
 public:
  /// With `dry_run`, nothing is stored. With `later`, the events are added to it and go to no projector: somebody else
  /// publishes them, in the transaction that stores them. With `anew`, nothing that the store keeps is relied on.
  CommandCall(const CallContext& context, const views::ActiveViews& active, const DryRunPart* dry_run = nullptr,
              std::vector<AppliedEvent>* later = nullptr, bool anew = false);
  ~CommandCall();
  CommandCall(const CommandCall&) = delete;
  CommandCall& operator=(const CommandCall&) = delete;

  /// The call of that service that is running on this thread, if any.
  [[nodiscard]] static CommandCall* of(const CommandService& service);

  /// Runs a request's commands, and those that they enqueue, and commits.
  [[nodiscard]] ExecutionResult run(const CommandRequest& request);

  /// Whether a failure may be due to what the store kept, and says nothing before the call was made anew.
  [[nodiscard]] bool relied_on_kept() const noexcept { return transaction_->relied_on_kept(); }

  /// Lets commands from within a handler join the end of the queue. Error(usage) when one has an idempotency key.
  void announce(std::span<const AnyCommand> commands);
  void enqueue(std::vector<AnyCommand> commands, const std::vector<SqlStatement>& statements);

  /// What workflows asked for after the commit. To be done when `run` has returned and the call is gone.
  [[nodiscard]] std::vector<AfterCommitTask> take_after_commit() { return workflows_.take_after_commit(); }

 private:
  void commit();
  void run_queue();
  void run(AnyCommand& command);
  void wrap(std::size_t layer, AnyCommand& command);
  void carry_out(AnyCommand& command);
  void handle(const RegisteredCommand& registered, TypeIndex type, AnyCommand& command);
  void store(const RegisteredCommand& registered, TypeIndex type, const AnyCommand& command, Changes changes);
  void publish_to_projectors(const AppliedEvent& event);
  void expect_version(const Command& command);
  void require_version(const Command& command, const Changes& changes);
  void throw_if_outdated() const;
  void require_writable_views(const Changes& changes) const;

  const CallContext& context_;
  const views::ActiveViews& active_;
  DryRunRecorder* recorder_;  ///< Null unless this is a dry run.
  std::vector<AppliedEvent>* later_;
  std::unique_ptr<store::Transaction> transaction_;
  EventDecoder decoder_;
  UnitOfWork unit_;
  Repository repository_;
  CommandQueue queue_;
  WorkflowScope workflows_;
  std::vector<ExpectedVersion> expected_;
  ExecutionResult result_;
  std::exception_ptr failure_;  ///< Of the command that is running.
  bool changed_ = false;        ///< There is something to commit.
  CommandCall* outer_;          ///< The call that this thread was running when this one began.
};

}  // namespace seriatim::core
