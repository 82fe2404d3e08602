#include "rule.hpp"

#include <algorithm>

namespace issues {
namespace {

using OptionalText = std::optional<std::string>;

OptionalText attribute_of(const Activity& activity, const std::string& name) {
  if (name == "actor") return activity.actor;
  if (name == "record.type") return activity.record ? OptionalText{activity.record->type} : std::nullopt;
  if (name == "record.id") return activity.record ? OptionalText{activity.record->id} : std::nullopt;
  if (name == "extra.message") return activity.extra.message;
  if (name == "extra.label") return activity.extra.label;
  return std::nullopt;
}

bool holds(const RuleCondition& condition, const Activity& activity) {
  const OptionalText text = attribute_of(activity, condition.attribute);
  if (!text) return condition.op == Operator::other_than;
  switch (condition.op) {
    case Operator::equal_to: return *text == condition.value;
    case Operator::other_than: return *text != condition.value;
    case Operator::contains: return text->find(condition.value) != std::string::npos;
    case Operator::starts_with: return text->starts_with(condition.value);
  }
  return false;
}

}  // namespace

bool matches(const Rule& rule, Action action, const Activity& activity) {
  return rule.triggered_on == action &&
         std::ranges::all_of(rule.conditions, [&](const RuleCondition& c) { return holds(c, activity); });
}

}  // namespace issues
