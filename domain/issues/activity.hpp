#pragma once
// What people, and rules, do at an issue: the actions, and what is kept of each. Names and members are stored: they
// never change.

#include <string>
#include <string_view>

#include "seriatim/errors.hpp"
#include "seriatim/message.hpp"

namespace issues {

enum class Action : std::uint8_t { comment_added, comment_viewed, label_added, label_removed, closed, reopened };
BOOST_DESCRIBE_ENUM(Action, comment_added, comment_viewed, label_added, label_removed, closed, reopened)

/// Refuses an action that there is not: "xyz is not a valid action".
class UnknownAction : public seriatim::DomainError {
 public:
  explicit UnknownAction(const std::string& name);
};

/// The action of that name. Throws UnknownAction.
[[nodiscard]] Action action_named(const std::string& name);

/// The other way round.
[[nodiscard]] std::string_view name_of(Action action);

/// What an action is about, where that is more precise than the issue: a comment, a commit.
struct Subject {
  std::string type;
  std::string id;
};
BOOST_DESCRIBE_STRUCT(Subject, (), (type, id))

/// What else is known of an action: an object whose members are there when the action has them.
struct Extra {
  std::optional<std::string> message{};
  std::optional<std::string> label{};
};
BOOST_DESCRIBE_STRUCT(Extra, (), (message, label))

/// The base of all events that the feed shows.
struct Activity {
  std::int32_t number = 0;  ///< From 1, within the issue.
  std::string actor;
  std::optional<Subject> record{};
  Extra extra{};
  std::int32_t depth = 0;  ///< 0: somebody did it; above: the how-manieth rule in a row.
  seriatim::Timestamp occurred_at{};
};
BOOST_DESCRIBE_STRUCT(Activity, (), (number, actor, record, extra, depth, occurred_at))

}  // namespace issues
