// Rules: which activities they match, what they do, and how that ends.
#include <boost/test/unit_test.hpp>

#include "issue_scenario.hpp"

using namespace seriatim;
using namespace seriatim::testing;
using namespace issues;

namespace {

struct Rules : IssueScenario {
  /// Adds a rule that replies.
  AddRule rule(const std::string& triggered_on, std::vector<RuleCondition> conditions,
               const std::string& message = "Thank you") const {
    return {{book}, triggered_on, std::move(conditions), {{RuleActionType::reply, message}}};
  }

  /// How many replies a command leads to.
  std::size_t replies(const TakeAction& command) {
    const std::size_t before = replies_so_far();
    given(command);
    return replies_so_far() - before;
  }
  std::size_t replies_so_far() { return rows<ActivityRecord>(where(&ActivityRecord::actor, "automation")).size(); }

  /// What a reply is, as a command would say it.
  TakeAction reply(const std::string& message) const { return comment(message, "automation"); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(rules_of_issues, Rules)

BOOST_AUTO_TEST_CASE(a_rule_is_data) {
  const AddRule added = rule("comment_added", {{"extra.message", Operator::contains, "password"}});
  when(added).then(at(book, RuleAdded{{Action::comment_added, added.conditions, added.actions}}));
}

BOOST_AUTO_TEST_CASE(a_matching_activity_makes_the_rule_reply) {
  given(rule("closed", {{"actor", Operator::equal_to, "ann"}}));
  when(take("closed"))
      .then(at(id, IssueClosed{activity(1, take("closed"))}),
            at(id, RuleMatched{1, 1, 1, {{RuleActionType::reply, "Thank you"}}}),
            at(id, CommentAdded{activity(2, reply("Thank you"), 1)}))
      .then_commands(ApplyRules{{id}, Action::closed, activity(1, take("closed"))}, Reply{{id}, "Thank you", 1},
                     ApplyRules{{id}, Action::comment_added, activity(2, reply("Thank you"), 1)});
}

BOOST_AUTO_TEST_CASE(a_reply_is_delivered_as_any_comment) {
  given(rule("closed", {}));
  given(take("closed"));
  BOOST_TEST(outbox->actions("email") == "closed comment_added");
}

BOOST_AUTO_TEST_CASE(what_does_not_match_issues_nothing_but_the_question) {
  given(rule("closed", {{"actor", Operator::equal_to, "bob"}}));
  when(take("closed")).then<IssueClosed>().then_commands<ApplyRules>();
  when(comment("Hello", "bob")).then<CommentAdded>();
}

BOOST_AUTO_TEST_CASE(all_conditions_of_a_rule_must_hold) {
  given(rule("label_added", {{"actor", Operator::equal_to, "ann"}, {"extra.label", Operator::starts_with, "bu"}}));
  BOOST_TEST(replies(label("label_added", "bug")) == 1U);
  BOOST_TEST(replies(label("label_added", "slow")) == 0U);
  BOOST_TEST(replies(take("label_added", "bob", {.label = "build"})) == 0U);
}

BOOST_AUTO_TEST_CASE(conditions_compare_in_four_ways_and_what_is_absent_is_only_other) {
  given(rule("comment_viewed", {{"record.id", Operator::equal_to, "7"}}));
  given(rule("comment_viewed", {{"record.type", Operator::other_than, "comment"}}));
  given(rule("closed", {{"extra.message", Operator::contains, "fixed"}}));
  given(rule("closed", {{"record.id", Operator::other_than, "7"}}));
  BOOST_TEST(replies(view("ann", "7")) == 1U);
  BOOST_TEST(replies(view("ann", "8")) == 0U);
  BOOST_TEST(replies({{id}, "comment_viewed", "ann", Subject{"commit", "7"}, {}}) == 2U);
  BOOST_TEST(replies(take("closed", "ann", {.message = "it was fixed by bob"})) == 2U);
  given(take("reopened"));
  BOOST_TEST(replies(take("closed")) == 1U);
}

BOOST_AUTO_TEST_CASE(all_rules_that_match_are_followed_in_the_order_of_the_book) {
  given(rule("closed", {}, "One"), rule("reopened", {}, "Two"), rule("closed", {}, "Three"));
  when(take("closed")).then_commands(
      ApplyRules{{id}, Action::closed, activity(1, take("closed"))}, Reply{{id}, "One", 1}, Reply{{id}, "Three", 1},
      ApplyRules{{id}, Action::comment_added, activity(2, reply("One"), 1)},
      ApplyRules{{id}, Action::comment_added, activity(3, reply("Three"), 1)});
}

BOOST_AUTO_TEST_CASE(a_rule_that_triggers_itself_ends_after_three_replies) {
  given(rule("comment_added", {}, "And you?"));
  when(comment("Hello"))
      .then(CommentAdded{activity(1, comment("Hello"))}, exact<RuleMatched>(),
            CommentAdded{activity(2, reply("And you?"), 1)}, exact<RuleMatched>(),
            CommentAdded{activity(3, reply("And you?"), 2)}, exact<RuleMatched>(),
            CommentAdded{activity(4, reply("And you?"), 3)});
  BOOST_TEST(replies_so_far() == 3U);
}

BOOST_AUTO_TEST_CASE(a_touch_triggers_no_rule) {
  given(rule("comment_viewed", {}));
  BOOST_TEST(replies(view()) == 1U);
  when(view()).then<CommentViewTouched>().then_no_commands();
}

BOOST_AUTO_TEST_CASE(an_issue_follows_the_rules_of_its_own_book_alone) {
  const AggregateId other = new_id();
  const AggregateId free = new_id();
  given(rule("closed", {}), OpenIssue{{other}, "Of another book", "ann", new_id()},
        OpenIssue{{free}, "Of none", "ann"});
  when(TakeAction{{other}, "closed", "ann"}).then<IssueClosed>();
  when(TakeAction{{free}, "closed", "ann"}).then<IssueClosed>();
}

BOOST_AUTO_TEST_CASE(a_rule_that_makes_no_sense_is_refused) {
  when(AddRule{{book}, "", {}, {}}).then_invalid({{"triggered_on", "blank"}, {"actions", "empty"}});
  when(rule("closed", {{"weather", Operator::equal_to, "fine"}}, ""))
      .then_invalid({{"conditions[0].attribute", "inclusion"}, {"actions[0].message", "blank"}});
}

BOOST_AUTO_TEST_SUITE_END()
