#include "core/dry_run_recorder.hpp"

#include <algorithm>
#include <utility>

namespace seriatim::core {

std::optional<DryRunRecorder::Issuer> DryRunRecorder::issuer() const {
  if (started_ == 0) return std::nullopt;
  const std::size_t command = started_ - 1;
  if (!in_workflow_) return Issuer{command};
  const std::vector<DryRunEvent>& events = nodes_[command].command.events;
  return Issuer{command, events.size() - 1, events.back().workflows.size() - 1};
}

std::string DryRunRecorder::payload(const AnyCommand& command) const {
  std::string json;
  const TypeIndex type = registry_->command(command.type().name);
  try {
    if (type == unknown_type) {
      attributes::write_json(json, *command.type().attributes, command.get(), {.redact_secrets = true});
    } else {
      attributes::write_json_members(json, registry_->commands()[type].payload, command.get(), {.redact_secrets = true});
    }
  } catch (const Error&) {
    return "null";  // It is refused where it matters: when the command is stored.
  }
  return json;
}

void DryRunRecorder::queued(const AnyCommand& command) {
  DryRunCommand made;
  made.type = command.type().name;
  made.aggregate_id = command.base().aggregate_id;
  made.json = payload(command);
  nodes_.push_back({std::move(made), issuer()});
}

void DryRunRecorder::started() {
  ++started_;
  running().outcome = DryRunOutcome::done;
  in_workflow_ = false;
}

void DryRunRecorder::unhandled() { running().outcome = DryRunOutcome::unhandled; }

void DryRunRecorder::stored(const AppliedEvent& event, const std::vector<std::size_t>& projectors) {
  const MessageType& type = registry_->events()[event.type].type;
  DryRunEvent made{event.header.aggregate_id, event.header.sequence_number, std::string{type.name}, {}, {}, {}};
  attributes::write_json(made.json, *type.attributes, event.event.get(), {.redact_secrets = true});
  for (const std::size_t projector : projectors) {
    made.projectors.emplace_back(registry_->projectors()[projector].type->name);
  }
  running().events.push_back(std::move(made));
}

void DryRunRecorder::entered(std::string_view workflow) {
  running().events.back().workflows.push_back({std::string{workflow}, {}, 0});
  in_workflow_ = true;
}

void DryRunRecorder::after_commit() { ++running().events.back().workflows.back().after_commit; }

std::vector<DryRunCommand>& DryRunRecorder::children(const Issuer& issuer) {
  DryRunCommand& command = nodes_[issuer.command].command;
  if (!issuer.event) return command.issued;
  return command.events[*issuer.event].workflows[issuer.workflow].commands;
}

std::vector<DryRunCommand> DryRunRecorder::take(bool refused) {
  if (refused && started_ != 0) running().outcome = DryRunOutcome::refused;
  std::vector<DryRunCommand> given;
  // From the end, so that a command is complete before it moves to its issuer. That leaves each list reversed.
  for (auto node = nodes_.rbegin(); node != nodes_.rend(); ++node) {
    std::reverse(node->command.issued.begin(), node->command.issued.end());
    for (DryRunEvent& event : node->command.events) {
      for (DryRunWorkflow& workflow : event.workflows) std::reverse(workflow.commands.begin(), workflow.commands.end());
    }
    (node->issuer ? children(*node->issuer) : given).push_back(std::move(node->command));
  }
  std::reverse(given.begin(), given.end());
  nodes_.clear();
  started_ = 0;
  return given;
}

}  // namespace seriatim::core
