#pragma once
// The rows of the views of issues.

#include "../../domain/issues/activity.hpp"
#include "seriatim/views.hpp"

namespace issues {

/// One row an issue. `last_commented_at` is new in version 2 of the views.
struct IssueRecord {
  static constexpr std::string_view table = "issue_records";
  seriatim::Uuid aggregate_id{};
  std::string title;
  bool open = true;
  std::int32_t comments = 0;
  std::optional<seriatim::Timestamp> last_commented_at{};
};
BOOST_DESCRIBE_STRUCT(IssueRecord, (), (aggregate_id, title, open, comments, last_commented_at))

/// One row an activity: what the feed shows.
struct ActivityRecord {
  static constexpr std::string_view table = "issue_activities";
  seriatim::Uuid aggregate_id{};
  std::int32_t number = 0;
  Action action = Action::comment_added;
  std::string actor;
  std::optional<std::string> record_type{};
  std::optional<std::string> record_id{};
  Extra extra{};
  seriatim::Timestamp occurred_at{};
  std::int32_t touches = 0;  ///< How often it happened again, soon after.
  seriatim::Timestamp touched_at{};
};
BOOST_DESCRIBE_STRUCT(ActivityRecord, (),
                      (aggregate_id, number, action, actor, record_type, record_id, extra, occurred_at, touches,
                       touched_at))

}  // namespace issues
