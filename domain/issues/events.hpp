#pragma once
// What happens to issues and to books of rules. The names and members are stored: they never change.

#include "rule.hpp"
#include "seriatim/matching.hpp"
#include "seriatim/types.hpp"

namespace issues {

struct IssueOpened {
  static constexpr std::string_view type_name = "Issue::Events::Opened";
  std::string title;
  std::string actor;
  std::optional<seriatim::AggregateId> rule_book_id{};  ///< Whose rules are followed; none without.
};
BOOST_DESCRIBE_STRUCT(IssueOpened, (), (title, actor, rule_book_id))

struct CommentAdded : Activity {
  static constexpr std::string_view type_name = "Issue::Events::CommentAdded";
  static constexpr Action action = Action::comment_added;
};
BOOST_DESCRIBE_STRUCT(CommentAdded, (Activity), ())

struct CommentViewed : Activity {
  static constexpr std::string_view type_name = "Issue::Events::CommentViewed";
  static constexpr Action action = Action::comment_viewed;
};
BOOST_DESCRIBE_STRUCT(CommentViewed, (Activity), ())

struct LabelAdded : Activity {
  static constexpr std::string_view type_name = "Issue::Events::LabelAdded";
  static constexpr Action action = Action::label_added;
};
BOOST_DESCRIBE_STRUCT(LabelAdded, (Activity), ())

struct LabelRemoved : Activity {
  static constexpr std::string_view type_name = "Issue::Events::LabelRemoved";
  static constexpr Action action = Action::label_removed;
};
BOOST_DESCRIBE_STRUCT(LabelRemoved, (Activity), ())

struct IssueClosed : Activity {
  static constexpr std::string_view type_name = "Issue::Events::Closed";
  static constexpr Action action = Action::closed;
};
BOOST_DESCRIBE_STRUCT(IssueClosed, (Activity), ())

struct IssueReopened : Activity {
  static constexpr std::string_view type_name = "Issue::Events::Reopened";
  static constexpr Action action = Action::reopened;
};
BOOST_DESCRIBE_STRUCT(IssueReopened, (Activity), ())

/// All events that are activities, one for each action.
using Activities = seriatim::types<CommentAdded, CommentViewed, LabelAdded, LabelRemoved, IssueClosed, IssueReopened>;

/// The action of an event that is an activity.
[[nodiscard]] Action action_of(const seriatim::AnyEvent& event);

/// Somebody looked at a comment again, soon after the last time. It is no activity: it touches one.
struct CommentViewTouched {
  static constexpr std::string_view type_name = "Issue::Events::CommentViewTouched";
  std::int32_t number = 0;  ///< Of the activity.
  seriatim::Timestamp occurred_at{};  ///< Never before the last time.
};
BOOST_DESCRIBE_STRUCT(CommentViewTouched, (), (number, occurred_at))

/// A rule is to be followed.
struct RuleMatched {
  static constexpr std::string_view type_name = "Issue::Events::RuleMatched";
  std::int32_t rule = 0;    ///< From 1, within the book.
  std::int32_t number = 0;  ///< Of the activity that triggered it.
  std::int32_t depth = 0;   ///< What its actions have.
  std::vector<RuleAction> actions;
};
BOOST_DESCRIBE_STRUCT(RuleMatched, (), (rule, number, depth, actions))

struct RuleAdded : Rule {
  static constexpr std::string_view type_name = "Issue::Events::RuleAdded";
};
BOOST_DESCRIBE_STRUCT(RuleAdded, (Rule), ())

}  // namespace issues
