#pragma once
// The queue of one call: commands given, and commands that workflows and handlers issue meanwhile.

#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "seriatim/command_service.hpp"

namespace seriatim::core {

class DryRunRecorder;

/// Why a command was issued: by a workflow at an event of another command or, where no event is named, by the handler of
/// another command. A link of the chain that leads back to a command that was given. Names live as long as the domains.
struct Cause {
  std::shared_ptr<const Cause> before;  ///< Why that other command was issued; null when it was given.
  std::string_view command_type;        ///< Of that other command.
  std::string_view event_type{};
  std::string_view workflow{};
  EventHeader event{};
  std::optional<Uuid> user_id{};
  int depth = 1;  ///< Number of links.
};
using CausePtr = std::shared_ptr<const Cause>;

/// First in, first out. Not thread-safe.
class CommandQueue {
 public:
  /// `outer` is why the first commands are issued, if anything; `recorder` may be null and must outlive the queue.
  CommandQueue(int max_depth, CausePtr outer, DryRunRecorder* recorder)
      : max_depth_{max_depth}, outer_{std::move(outer)}, recorder_{recorder} {}

  /// Adds commands, marked with the cause that holds right now. Throws Error(workflow_depth) when its chain is too long,
  /// Error(usage) when one is issued with an idempotency key.
  void push(std::vector<AnyCommand> commands);

  [[nodiscard]] bool empty() const noexcept { return queue_.empty(); }

  /// Takes the next command, which is the running one until the next call. Valid until then.
  AnyCommand& start_next();

  /// Between these, what is pushed is caused by that event.
  void enter(std::string_view workflow, std::string_view event_type, const EventHeader& event);
  void leave() noexcept { workflow_ = {}; cause_ = nullptr; }

  /// Why a command that is issued right now is issued; null when it is given.
  [[nodiscard]] CausePtr cause();

 private:
  struct Entry {
    AnyCommand command;
    CausePtr cause;
  };

  int max_depth_;
  CausePtr outer_;
  DryRunRecorder* recorder_;
  std::deque<Entry> queue_;
  std::optional<Entry> running_;
  std::string_view workflow_;  ///< Empty outside of workflows.
  std::string_view event_type_;
  EventHeader event_;
  CausePtr cause_;  ///< Made when first asked for; most commands issue nothing.
};

}  // namespace seriatim::core
