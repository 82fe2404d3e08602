#pragma once
// Writes down what a call does, for a dry run.

#include <optional>
#include <vector>

#include "core/unit_of_work.hpp"
#include "seriatim/dry_run.hpp"

namespace seriatim::core {

/// Told everything in the order in which it happens. Commands are started in the order queued. Not thread-safe.
class DryRunRecorder {
 public:
  /// The registry must outlive it.
  explicit DryRunRecorder(const Registry& registry) : registry_{&registry} {}

  void queued(const AnyCommand& command);
  void started();
  /// The running command has no handler.
  void unhandled();
  /// The running command stored an event, which the projectors (indexes into the registry) are to handle.
  void stored(const AppliedEvent& event, const std::vector<std::size_t>& projectors);
  /// A workflow is called at the event stored last, and returns.
  void entered(std::string_view workflow);
  void left() noexcept { in_workflow_ = false; }
  void after_commit();

  /// The commands given, with what followed; `refused` tells whether the running command threw.
  [[nodiscard]] std::vector<DryRunCommand> take(bool refused);

 private:
  /// Who issued a command: the handler of another one, or a workflow at one of its events.
  struct Issuer {
    std::size_t command;
    std::optional<std::size_t> event{};
    std::size_t workflow = 0;
  };
  struct Node {
    DryRunCommand command;
    std::optional<Issuer> issuer;
  };

  [[nodiscard]] std::optional<Issuer> issuer() const;
  [[nodiscard]] std::string payload(const AnyCommand& command) const;
  [[nodiscard]] DryRunCommand& running() { return nodes_[started_ - 1].command; }
  [[nodiscard]] std::vector<DryRunCommand>& children(const Issuer& issuer);

  const Registry* registry_;
  std::vector<Node> nodes_;  ///< In the order queued.
  std::size_t started_ = 0;
  bool in_workflow_ = false;
};

}  // namespace seriatim::core
