// What the inboxes deliver, and when.
#include <boost/test/unit_test.hpp>

#include "issue_scenario.hpp"

using namespace seriatim;
using namespace seriatim::testing;
using namespace issues;

BOOST_FIXTURE_TEST_SUITE(inboxes_of_issues, IssueScenario)

BOOST_AUTO_TEST_CASE(each_inbox_delivers_the_actions_that_it_chose) {
  given(comment("Which version?", "bob"), view("bob"), label("label_added", "bug"), label("label_removed", "bug"),
        take("closed"), take("reopened"));
  BOOST_TEST(outbox->actions("email") == "comment_added closed");
  BOOST_TEST(outbox->actions("notification") == "comment_added label_added label_removed closed reopened");
  BOOST_TEST(outbox->actions("chat") == "closed reopened");
  BOOST_TEST(outbox->delivered.size() == 9U);
}

BOOST_AUTO_TEST_CASE(a_delivery_says_what_was_done_where_and_by_whom) {
  given(comment("Which version?", "bob"));
  BOOST_REQUIRE(outbox->delivered.size() == 2U);
  const Delivery expected{"email", id, 1, Action::comment_added, "bob", {.message = "Which version?"}};
  BOOST_TEST(same_attributes(outbox->delivered.front(), expected), describe(outbox->delivered.front()));
}

BOOST_AUTO_TEST_CASE(a_failing_inbox_does_not_stop_the_others) {
  outbox->broken = "email";
  when(take("closed")).then_after_commit_fails("nobody answers at email").then<IssueClosed>();
  BOOST_TEST(outbox->actions("email") == "");
  BOOST_TEST(outbox->actions("notification") == "closed");
  BOOST_TEST(outbox->actions("chat") == "closed");
}

BOOST_AUTO_TEST_CASE(nothing_is_delivered_of_what_is_rolled_back) {
  given(take("closed"));
  outbox->delivered.clear();
  when(comment("Too late?"), take("closed")).then_fails(ErrorCode::domain);
  BOOST_TEST(outbox->delivered.empty());
}

BOOST_AUTO_TEST_CASE(everything_of_one_call_is_delivered_after_its_commit) {
  struct Order final : Outbox {
    void deliver(const Delivery& /*delivery*/) override {
      comments_then.push_back(world->rows<IssueRecord>().at(0).comments);
    }
    World* world = nullptr;
    std::vector<std::int32_t> comments_then;
  };
  const auto order = std::make_shared<Order>();
  Scenario scenario{issues::domain(order)};
  order->world = &scenario.world();
  const AggregateId issue = scenario.new_id();
  const auto commented = [&](const std::string& message) {
    return TakeAction{{issue}, "comment_added", "ann", {}, {.message = message}};
  };
  scenario.given(OpenIssue{{issue}, "It does not start", "ann"});
  scenario.when(commented("One"), commented("Two")).then<CommentAdded, CommentAdded>();
  BOOST_TEST(order->comments_then == (std::vector<std::int32_t>{2, 2, 2, 2}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_touch_is_not_delivered) {
  given(view());
  when(view()).then<CommentViewTouched>();
  BOOST_TEST(outbox->delivered.empty());
}

BOOST_AUTO_TEST_SUITE_END()
