#include "automation.hpp"

#include "commands.hpp"
#include "issue.hpp"

namespace issues {

using seriatim::AnyEvent;
using seriatim::Event;
using seriatim::Workflow;

std::vector<seriatim::WorkflowHandler> Automation::matches() {
  return {seriatim::on(&Automation::apply_rules, seriatim::is_a<Activity>().where(
                                                     &Activity::depth, seriatim::less_than(max_automation_depth)))};
}

void Automation::apply_rules(const AnyEvent& e, Workflow& workflow) const {
  workflow.execute(ApplyRules{{.aggregate_id = e.aggregate_id}, action_of(e), *e.get<Activity>()});
}

void Automation::on(const Event<RuleMatched>& e, Workflow& workflow) const {
  for (const RuleAction& action : e->actions) {
    switch (action.type) {
      case RuleActionType::reply:
        workflow.execute(Reply{{.aggregate_id = e.aggregate_id}, action.message, e->depth});
    }
  }
}

}  // namespace issues
