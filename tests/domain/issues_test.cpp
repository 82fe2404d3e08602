// Issues: what may be done at one, and what the views show of it.
#include <boost/test/unit_test.hpp>

#include "issue_scenario.hpp"

using namespace seriatim;
using namespace seriatim::testing;
using namespace issues;
using std::chrono::milliseconds;
using std::chrono::minutes;

namespace {

/// The name of the domain's refusal, to look at.
auto named(const std::string& name) {
  return [name](const DomainError& error) { BOOST_TEST(error.name() == name); };
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(issues_of_people, IssueScenario)

BOOST_AUTO_TEST_CASE(an_issue_is_opened) {
  const AggregateId other = new_id();
  when(OpenIssue{{other}, "Too slow", "bob"})
      .then(at(other, IssueOpened{"Too slow", "bob", {}}))
      .then_row(where(&IssueRecord::aggregate_id, other), {other, "Too slow", true, 0, {}})
      .then_no_rows<ActivityRecord>();
}

BOOST_AUTO_TEST_CASE(each_action_is_an_event_with_actor_record_extra_and_time) {
  const TakeAction commented = comment("Which version?", "bob");
  when(commented).then(at(id, CommentAdded{activity(1, commented)}));
  clock().advance(minutes{1});
  when(view("bob")).then(CommentViewed{activity(2, view("bob"))});
  when(label("label_added", "bug")).then(LabelAdded{activity(3, label("label_added", "bug"))});
  when(label("label_removed", "bug")).then(LabelRemoved{activity(4, label("label_removed", "bug"))});
  when(take("closed")).then(IssueClosed{activity(5, take("closed"))});
  when(take("reopened")).then(IssueReopened{activity(6, take("reopened"))});
}

BOOST_AUTO_TEST_CASE(each_activity_is_a_row_of_the_feed) {
  const Timestamp now = clock().now();
  given(comment("Which version?", "bob"), view("bob"));
  then_rows<ActivityRecord>(
      {{id, 1, Action::comment_added, "bob", {}, {}, {.message = "Which version?"}, now, 0, now},
       {id, 2, Action::comment_viewed, "bob", "comment", "7", {}, now, 0, now}});
}

BOOST_AUTO_TEST_CASE(an_issue_counts_its_comments_and_knows_when_the_last_was_made) {
  given(comment("First"));
  clock().advance(minutes{3});
  given(comment("Second"), take("closed"));
  then_rows<IssueRecord>({{id, "It does not start", false, 2, clock().now()}});
  when(take("reopened")).then_rows<IssueRecord>({{id, "It does not start", true, 2, clock().now()}});
}

BOOST_AUTO_TEST_CASE(an_action_occurs_when_its_command_was_created) {
  const Timestamp earlier = clock().now() - std::chrono::hours{24};
  TakeAction imported = comment("From the old tracker");
  imported.created_at = earlier;
  when(imported).then(event_like<CommentAdded>([&](const CommentAdded& e) { return e.occurred_at == earlier; }));
}

BOOST_AUTO_TEST_CASE(an_unknown_action_is_refused) {
  const auto sentence = [](const UnknownAction& error) {
    BOOST_TEST(error.what() == "xyz is not a valid action");
    BOOST_TEST(error.name() == "unknown_action");
  };
  when(take("xyz")).then_fails<UnknownAction>(sentence).then_no_rows<ActivityRecord>();
  when(AddRule{{book}, "xyz", {}, {{RuleActionType::reply, "Hello"}}}).then_fails<UnknownAction>(sentence);
}

BOOST_AUTO_TEST_CASE(what_an_action_needs_is_required) {
  when(OpenIssue{{new_id()}, "", ""}).then_invalid({{"title", "blank"}, {"actor", "blank"}});
  when(take("", "")).then_invalid({{"action", "blank"}, {"actor", "blank"}});
  when(take("comment_added")).then_invalid({{"extra.message", "blank"}});
  when(take("comment_viewed")).then_invalid({{"record", "blank"}});
  when(take("label_added")).then_invalid({{"extra.label", "blank"}});
  when(take("label_removed")).then_invalid({{"extra.label", "blank"}});
  when(TakeAction{{id}, "comment_viewed", "ann", Subject{"", ""}, {}})
      .then_invalid({{"record.type", "blank"}, {"record.id", "blank"}});
}

BOOST_AUTO_TEST_CASE(only_an_open_issue_is_closed_and_only_a_closed_one_reopened) {
  when(take("reopened")).then_fails<DomainError>(named("issue_open"));
  given(take("closed"));
  when(take("closed")).then_fails<DomainError>(named("issue_closed"));
  when(comment("Still there")).then<CommentAdded>();
}

BOOST_AUTO_TEST_CASE(a_label_is_added_once_and_removed_while_it_is_there) {
  when(label("label_removed", "bug")).then_fails<DomainError>(named("not_labelled"));
  given(label("label_added", "bug"));
  when(label("label_added", "bug")).then_fails<DomainError>(named("labelled_already"));
  when(label("label_added", "slow")).then<LabelAdded>();
}

BOOST_AUTO_TEST_CASE(a_missing_issue_takes_no_action) {
  when(TakeAction{{new_id()}, "closed", "ann"}).then_fails(ErrorCode::aggregate_not_found);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(views_of_comments, IssueScenario)

BOOST_AUTO_TEST_CASE(a_view_within_15_minutes_of_the_last_touches_its_activity) {
  const Timestamp first = clock().now();
  given(view());
  clock().advance(minutes{15});
  when(view())
      .then(at(id, CommentViewTouched{1, first + minutes{15}}))
      .then_rows<ActivityRecord>(
          {{id, 1, Action::comment_viewed, "ann", "comment", "7", {}, first, 1, first + minutes{15}}});
}

BOOST_AUTO_TEST_CASE(a_view_later_than_that_is_an_activity) {
  given(view());
  clock().advance(minutes{15} + milliseconds{1});
  when(view()).then(CommentViewed{activity(2, view())});
}

BOOST_AUTO_TEST_CASE(the_15_minutes_begin_anew_with_each_view) {
  const Timestamp first = clock().now();
  given(view());
  for (int times = 1; times <= 3; ++times) {
    clock().advance(minutes{10});
    when(view()).then<CommentViewTouched>();
  }
  then_rows<ActivityRecord>(
      {{id, 1, Action::comment_viewed, "ann", "comment", "7", {}, first, 3, first + minutes{30}}});
  clock().advance(minutes{16});
  when(view()).then<CommentViewed>();
  clock().advance(minutes{1});
  when(view()).then(CommentViewTouched{2, clock().now()});
}

BOOST_AUTO_TEST_CASE(views_of_others_of_other_records_and_at_other_issues_are_activities) {
  const AggregateId other = new_id();
  given(OpenIssue{{other}, "Too slow", "bob"}, view("ann", "7"));
  when(view("bob", "7")).then<CommentViewed>();
  when(view("ann", "8")).then<CommentViewed>();
  when(TakeAction{{id}, "comment_viewed", "ann", Subject{"reply", "7"}, {}}).then<CommentViewed>();
  when(TakeAction{{other}, "comment_viewed", "ann", Subject{"comment", "7"}, {}}).then<CommentViewed>();
  // Each of them is remembered beside the others.
  when(view("ann", "7")).then(CommentViewTouched{1, clock().now()});
  when(view("bob", "7")).then(CommentViewTouched{2, clock().now()});
  when(view("ann", "8")).then(CommentViewTouched{3, clock().now()});
}

BOOST_AUTO_TEST_CASE(a_view_that_is_told_late_does_not_turn_the_time_back) {
  const Timestamp now = clock().now();
  given(view());
  TakeAction late = view();
  late.created_at = now - minutes{5};
  when(late).then(CommentViewTouched{1, now});
}

BOOST_AUTO_TEST_SUITE_END()
