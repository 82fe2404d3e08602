#pragma once
// The issue: open or closed, with labels, and with everything that was done at it as activities.

#include <chrono>

#include "events.hpp"
#include "seriatim/aggregate_root.hpp"

namespace issues {

/// A view that follows the same actor's last one of the same record within this time touches its activity.
inline constexpr std::chrono::minutes view_window{15};

/// How many actions rules may add in a row. What the last of them added triggers no rule.
inline constexpr std::int32_t max_automation_depth = 3;

class Issue : public seriatim::AggregateRoot<Issue> {
 public:
  static constexpr std::string_view type_name = "Issue::Issue";
  using Events = seriatim::types<IssueOpened, CommentAdded, CommentViewed, LabelAdded, LabelRemoved, IssueClosed,
                                 IssueReopened, CommentViewTouched, RuleMatched>;
  /// The last view of a record by somebody, while it is recent.
  struct RecentView {
    std::string actor;
    Subject record;
    std::int32_t number = 0;  ///< Of the activity.
    seriatim::Timestamp at{};
  };
  struct State {
    bool open = true;
    std::int32_t activities = 0;
    std::vector<std::string> labels;
    std::vector<RecentView> views;
    std::optional<seriatim::AggregateId> rule_book_id{};
  };

  using AggregateRoot::AggregateRoot;
  Issue(const seriatim::AggregateId& id, IssueOpened opened);

  /// Takes an action, whose number is given to it here. Throws DomainError when the issue does not allow it.
  void take(Action action, Activity activity);

  /// A rule is to be followed, the `rule`th of the book.
  void follow(std::int32_t rule, const std::vector<RuleAction>& actions, const Activity& activity);

  [[nodiscard]] const std::optional<seriatim::AggregateId>& rule_book_id() const { return state().rule_book_id; }

  static void on(State& s, const IssueOpened& e) { s.rule_book_id = e.rule_book_id; }
  static void on(State& s, const Activity& e) { s.activities = e.number; }
  static void on(State& s, const CommentViewed& e);
  static void on(State& s, const CommentViewTouched& e);
  static void on(State& s, const LabelAdded& e);
  static void on(State& s, const LabelRemoved& e);
  static void on(State& s, const IssueClosed& e);
  static void on(State& s, const IssueReopened& e);

 private:
  void view(Activity activity);
  void add_label(Activity activity);
  void remove_label(Activity activity);
  void close(Activity activity);
  void reopen(Activity activity);
};
BOOST_DESCRIBE_STRUCT(Issue::RecentView, (), (actor, record, number, at))
BOOST_DESCRIBE_STRUCT(Issue::State, (), (open, activities, labels, views, rule_book_id))

}  // namespace issues
