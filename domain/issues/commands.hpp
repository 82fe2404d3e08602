#pragma once
// What may be asked of an issue and of a book of rules, and what must hold before anybody is asked.

#include "rule.hpp"

namespace issues {

struct OpenIssue : seriatim::Command {
  static constexpr std::string_view type_name = "Issue::Commands::OpenIssue";
  std::string title;
  std::string actor;
  std::optional<seriatim::AggregateId> rule_book_id{};
};
BOOST_DESCRIBE_STRUCT(OpenIssue, (seriatim::Command), (title, actor, rule_book_id))

/// Any of the actions, by its name. It occurs when the command says that it was created, which is now unless given.
struct TakeAction : seriatim::Command {
  static constexpr std::string_view type_name = "Issue::Commands::TakeAction";
  std::string action;
  std::string actor;
  std::optional<Subject> record{};
  Extra extra{};
};
BOOST_DESCRIBE_STRUCT(TakeAction, (seriatim::Command), (action, actor, record, extra))

/// Adds a rule to a book, which is new when there is none of that id.
struct AddRule : seriatim::Command {
  static constexpr std::string_view type_name = "Issue::Commands::AddRule";
  std::string triggered_on;
  std::vector<RuleCondition> conditions{};
  std::vector<RuleAction> actions{};
};
BOOST_DESCRIBE_STRUCT(AddRule, (seriatim::Command), (triggered_on, conditions, actions))

/// Finds the rules that an activity triggers. Issued by the automation.
struct ApplyRules : seriatim::Command {
  static constexpr std::string_view type_name = "Issue::Commands::ApplyRules";
  Action action = Action::comment_added;
  Activity activity{};
};
BOOST_DESCRIBE_STRUCT(ApplyRules, (seriatim::Command), (action, activity))

/// Adds a comment for a rule. Issued by the automation.
struct Reply : seriatim::Command {
  static constexpr std::string_view type_name = "Issue::Commands::Reply";
  std::string message;
  std::int32_t depth = 1;
};
BOOST_DESCRIBE_STRUCT(Reply, (seriatim::Command), (message, depth))

inline void validate(const Subject&, seriatim::Validation& v) {
  v.presence(&Subject::type);
  v.presence(&Subject::id);
}

inline void validate(const OpenIssue&, seriatim::Validation& v) {
  v.presence(&OpenIssue::title);
  v.presence(&OpenIssue::actor);
}

inline void validate(const TakeAction& c, seriatim::Validation& v) {
  v.presence(&TakeAction::action);
  v.presence(&TakeAction::actor);
  v.when(c.action == name_of(Action::comment_viewed), [&] { v.presence(&TakeAction::record); });
  const bool labels = c.action == name_of(Action::label_added) || c.action == name_of(Action::label_removed);
  if (labels && c.extra.label.value_or("").empty()) v.add_error("extra.label", "blank", "is required");
  const bool comments = c.action == name_of(Action::comment_added);
  if (comments && c.extra.message.value_or("").empty()) v.add_error("extra.message", "blank", "is required");
}

inline void validate(const AddRule&, seriatim::Validation& v) {
  v.presence(&AddRule::triggered_on);
  v.presence(&AddRule::actions);
}

inline void validate(const Reply&, seriatim::Validation& v) {
  v.presence(&Reply::message);
  v.numericality(&Reply::depth).greater_than(0);
}

}  // namespace issues
