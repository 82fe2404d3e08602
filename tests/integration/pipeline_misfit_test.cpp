// The command pipeline: handlers that go on after the store refused or failed them.
#include <boost/test/unit_test.hpp>
#include <functional>

#include "support/proxied_pipeline.hpp"

using namespace seriatim;
using namespace seriatim::testing;

BOOST_AUTO_TEST_SUITE(pipeline)

BOOST_FIXTURE_TEST_CASE(a_command_whose_handler_goes_on_after_what_a_batch_cannot_do_is_stored_once, PipelineStore) {
  using Misfit = std::function<void(const AggregateId&, Repository&)>;
  const Misfit misfits[] = {
      [](const AggregateId& id, Repository& repository) { (void)repository.load_at<ledger::Account>(id, 2); },
      [](const AggregateId&, Repository& repository) {
        (void)repository.find_by_unique_key<ledger::Account>("owner", {{"owner", "new owner"}});
      },
      [this](const AggregateId&, Repository&) { app->commands().execute(std::vector<AnyCommand>{}, {SqlStatement{"select 1", {}}}); }};
  const Misfit* misfit = nullptr;
  script->depositing = [&](const ledger::Deposit& command, Repository& repository) {
    if (command.amount != 2) return;
    try {
      (*misfit)(command.aggregate_id, repository);
    } catch (...) {  // NOLINT(bugprone-empty-catch): that is what is tested.
    }
  };
  for (const Misfit& each : misfits) {
    reached = {};
    released = {};
    misfit = &each;
    const AggregateId a = account(uuid_text(new_uuid()));
    const AggregateId b = account(uuid_text(new_uuid()));
    start();
    hold(a);
    Future before = submit(deposit(b, 1));
    Future renamed = submit(ledger::ChangeOwner{{.aggregate_id = b}, uuid_text(b) + " renamed"});
    Future stubborn = submit(deposit(b, 2));
    Future after = submit(deposit(b, 3));
    go();
    BOOST_TEST(before.get().events.size() == 1U);
    BOOST_TEST(renamed.get().events.size() == 1U);
    BOOST_TEST(stubborn.get().events.size() == 1U);
    BOOST_TEST(after.get().events.size() == 1U);
    BOOST_TEST(events(b) == "5");
    BOOST_TEST(balance(b) == "6");
    BOOST_TEST(damage() == "0");
  }
}

BOOST_FIXTURE_TEST_CASE(what_a_handler_does_without_the_answer_that_a_lost_connection_owes_is_not_stored, ProxiedPipeline) {
  const AggregateId a = account("a");
  const AggregateId id = account("b");
  const AggregateId asked = account("c");
  int times = 0;
  script->depositing = [&](const ledger::Deposit& command, Repository& repository) {
    if (command.amount != 2) return;
    if (++times == 1) proxy.cut_at_query(1);
    try {
      (void)repository.load<ledger::Account>(asked);
    } catch (const std::exception&) {
      repository.load<ledger::Account>(id).note("nobody answered");
    }
  };
  start();
  hold(a);
  Future stored = submit(deposit(id, 2));
  go();
  BOOST_TEST(stored.get().events.size() == 1U);
  BOOST_TEST(times == 2);
  BOOST_TEST(events(id) == "2");
  BOOST_TEST(damage() == "0");
}

BOOST_AUTO_TEST_SUITE_END()
