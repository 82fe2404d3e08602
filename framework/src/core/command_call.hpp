#pragma once
// One `execute` while it runs: its transaction, its unit of work and its queue of commands.

#include <deque>
#include <memory>
#include <vector>

#include "core/unit_of_work.hpp"
#include "seriatim/command_service.hpp"
#include "store/event_store.hpp"
#include "views/active_views.hpp"

namespace seriatim::core {

/// What a call works with. The service that makes it keeps all of it alive.
struct CallContext {
  const CommandService& service;  ///< Whose call it is.
  const Registry& registry;
  store::EventStore& store;
  const Clock& clock;
  UnknownCommands unknown;
  int secret_cost;  ///< See Secret::hash.
};

/// One attempt to carry out one call. Not thread-safe: it belongs to the thread that calls.
class CommandCall {
 public:
  CommandCall(const CallContext& context, const views::ActiveViews& active);
  ~CommandCall();
  CommandCall(const CommandCall&) = delete;
  CommandCall& operator=(const CommandCall&) = delete;

  /// The call of that service that is running on this thread, if any.
  [[nodiscard]] static CommandCall* of(const CommandService& service);

  /// Adds commands to the end of the queue, and runs statements of the application's own at once.
  void enqueue(std::vector<AnyCommand> commands, const std::vector<SqlStatement>& statements);

  /// Runs all commands, and those that they enqueue, and commits.
  [[nodiscard]] ExecutionResult run();

 private:
  void run(AnyCommand& command);
  void handle(const RegisteredCommand& registered, TypeIndex type, AnyCommand& command);
  void store(const RegisteredCommand& registered, TypeIndex type, const AnyCommand& command, Changes changes);
  void require_writable_views(const Changes& changes) const;

  const CallContext& context_;
  const views::ActiveViews& active_;
  std::unique_ptr<store::Transaction> transaction_;
  EventDecoder decoder_;
  UnitOfWork unit_;
  Repository repository_;
  std::deque<AnyCommand> queue_;
  ExecutionResult result_;
  bool changed_ = false;  ///< There is something to commit.
  CommandCall* outer_;    ///< The call that this thread was running when this one began.
};

}  // namespace seriatim::core
