#pragma once
// Rules of automation: data that say what is done when somebody did something. Names and members are stored: they never
// change.

#include <vector>

#include "activity.hpp"
#include "seriatim/validation.hpp"

namespace issues {

/// How a condition compares. What is absent is only other than a value.
enum class Operator : std::uint8_t { equal_to, other_than, contains, starts_with };
BOOST_DESCRIBE_ENUM(Operator, equal_to, other_than, contains, starts_with)

/// `op` is not spelled out, because `operator` is a word of C++, and a member's name is its key in JSON.
struct RuleCondition {
  std::string attribute;  ///< "actor", "record.type", "record.id", "extra.message" or "extra.label"
  Operator op = Operator::equal_to;
  std::string value;
};
BOOST_DESCRIBE_STRUCT(RuleCondition, (), (attribute, op, value))

inline void validate(const RuleCondition&, seriatim::Validation& v) {
  v.inclusion(&RuleCondition::attribute, {"actor", "record.type", "record.id", "extra.message", "extra.label"});
}

enum class RuleActionType : std::uint8_t { reply };
BOOST_DESCRIBE_ENUM(RuleActionType, reply)

struct RuleAction {
  RuleActionType type = RuleActionType::reply;
  std::string message;
};
BOOST_DESCRIBE_STRUCT(RuleAction, (), (type, message))

inline void validate(const RuleAction&, seriatim::Validation& v) { v.presence(&RuleAction::message); }

struct Rule {
  Action triggered_on = Action::comment_added;
  std::vector<RuleCondition> conditions;  ///< All of them must hold; a rule without any always matches.
  std::vector<RuleAction> actions;
};
BOOST_DESCRIBE_STRUCT(Rule, (), (triggered_on, conditions, actions))

/// Whether the rule is to be followed at an activity.
[[nodiscard]] bool matches(const Rule& rule, Action action, const Activity& activity);

}  // namespace issues
