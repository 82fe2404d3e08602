#pragma once
// Follows the rules of an issue: each activity is held against them, and what a rule asks for is done by commands.

#include "events.hpp"
#include "seriatim/workflow.hpp"

namespace issues {

struct Automation {
  static constexpr std::string_view type_name = "Automation";
  using Events = seriatim::types<RuleMatched>;
  static std::vector<seriatim::WorkflowHandler> matches();

  void apply_rules(const seriatim::AnyEvent& e, seriatim::Workflow& workflow) const;
  void on(const seriatim::Event<RuleMatched>& e, seriatim::Workflow& workflow) const;
};

}  // namespace issues
