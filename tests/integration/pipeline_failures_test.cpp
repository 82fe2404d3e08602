// The command pipeline: failures that are no command's fault, or that of one alone.
#include <boost/test/unit_test.hpp>

#include "support/proxied_pipeline.hpp"

using namespace seriatim;
using namespace seriatim::testing;

BOOST_FIXTURE_TEST_SUITE(pipeline, ProxiedPipeline)

BOOST_AUTO_TEST_CASE(a_projector_that_throws_no_std_exception_does_not_fail_its_neighbours) {
  const AggregateId id = account("a");
  start();
  hold(account("held"));
  Future before = submit(deposit(id, 1));
  Future bad = submit(note(id, "worse"));
  Future after = submit(deposit(id, 1));
  go();
  BOOST_TEST(before.get().events.size() == 1U);
  BOOST_CHECK_THROW(bad.get(), int);
  BOOST_TEST(after.get().events.size() == 1U);
  BOOST_TEST(balance(id) == "2");
  BOOST_TEST(damage() == "0");
}

BOOST_AUTO_TEST_CASE(a_connection_lost_while_a_lane_looks_for_newer_views_is_waited_for) {
  const AggregateId id = account("a");
  start();
  submit(deposit(id, 1)).get();
  std::string marker = "seriatim_version_1";
  // Which of the messages is the look, is found out by trying.
  for (std::size_t n = 1; proxy.struck().find("projector_states") == std::string::npos; ++n) {
    BOOST_REQUIRE(n < 30);
    // As when a projector is deactivated.
    const std::string next = "seriatim_version_1_" + std::to_string(n);
    (void)rows("alter table view_schema." + std::exchange(marker, next) + " rename to " + next);
    proxy.strike_at(n, PostgresProxy::Strike::cut_before);
    BOOST_TEST(submit(deposit(id, 1)).get().events.size() == 1U);
  }
  BOOST_TEST(damage() == "0");
}

BOOST_AUTO_TEST_CASE(an_outage_is_waited_for_in_full_although_one_before_it_ended_with_a_handler_that_threw) {
  const AggregateId id = account("a");
  one_lane.reconnect_for = std::chrono::milliseconds{1};  // An outage is waited for once, as the first pause is longer.
  one_lane.lone_command = LoneCommand::execute;
  int times = 0;
  script->depositing = [&](const ledger::Deposit& command, Repository&) {
    if (command.amount == 2 && ++times == 2) throw std::runtime_error{"the handler fails"};
  };
  start();
  submit(deposit(id, 1)).get();
  proxy.cut_at_query(1);
  Future thrown = submit(deposit(id, 2));
  BOOST_CHECK_THROW(thrown.get(), std::runtime_error);
  BOOST_TEST(times == 2);
  proxy.cut_at_query(1);
  BOOST_TEST(submit(deposit(id, 1)).get().events.size() == 1U);
  BOOST_TEST(proxy.cuts() == 2U);
}

BOOST_AUTO_TEST_CASE(an_outage_is_waited_for_in_full_although_one_before_it_ended_in_doubt) {
  for (const LoneCommand lone : {LoneCommand::execute, LoneCommand::batch}) {
    const AggregateId id = account(lone == LoneCommand::batch ? "a" : "b");
    one_lane.reconnect_for = std::chrono::milliseconds{1};
    one_lane.lone_command = lone;
    int times = 0;
    script->depositing = [&](const ledger::Deposit& command, Repository&) {
      if (command.amount == 2 && ++times == 2) proxy.cut_next(PostgresProxy::Cut::before_commit);
    };
    start();
    submit(deposit(id, 1)).get();
    const std::size_t cuts = proxy.cuts();
    proxy.cut_at_query(1);
    Future doubtful = submit(deposit(id, 2));
    BOOST_CHECK((error_of(doubtful) == ErrorCode::in_doubt));
    BOOST_TEST(times == 2);
    proxy.cut_at_query(1);
    BOOST_TEST(submit(deposit(id, 1)).get().events.size() == 1U);
    BOOST_TEST(proxy.cuts() == cuts + 3);
  }
}

BOOST_AUTO_TEST_SUITE_END()
