// The command pipeline: commands that come one at a time.
#include <atomic>
#include <boost/test/unit_test.hpp>

#include "support/proxied_pipeline.hpp"

using namespace seriatim;
using namespace seriatim::testing;

namespace {

struct LoneStore : PipelineStore {
  LoneStore() { one_lane.lone_command = PipelineOptions{}.lone_command; }
};

/// With the program that is tested behind a proxy.
struct ProxiedStore : ProxiedPipeline {
  ProxiedStore() {
    one_lane.lone_command = PipelineOptions{}.lone_command;
    start();
  }
};

template <class C>
C with_key(C command) {
  command.idempotency_key = "key";
  return command;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(pipeline)

BOOST_FIXTURE_TEST_CASE(a_command_that_waits_alone_is_sent_as_execute_sends_it, ProxiedStore) {
  const AggregateId id = account("a");
  proxy.strike_never();
  submit(deposit(id, 1)).get();
  BOOST_TEST(!proxy.has_seen("seriatim_append_batch"));
  // Two that wait are a batch.
  hold(account("held"));
  Future first = submit(deposit(id, 1));
  Future second = submit(deposit(id, 1));
  go();
  first.get();
  second.get();
  BOOST_TEST(proxy.has_seen("seriatim_append_batch"));
  proxy.strike_never();
  submit(deposit(id, 1)).get();
  BOOST_TEST(!proxy.has_seen("seriatim_append_batch"));
  BOOST_TEST(balance(id) == "4");
  BOOST_TEST(damage() == "0");
}

BOOST_FIXTURE_TEST_CASE(commands_that_come_alone_and_in_batches_build_on_each_other, LoneStore) {
  start();
  const AggregateId id = account("a");
  submit(deposit(id, 1)).get();
  hold(account("held"));
  std::vector<Future> batch;
  for (int i = 0; i < 3; ++i) batch.push_back(submit(deposit(id, 1)));
  go();
  for (Future& each : batch) each.get();
  submit(withdraw(id, 4)).get();
  Future refused = submit(withdraw(id, 1));
  BOOST_CHECK((error_of(refused) == ErrorCode::domain));
  others->commands().execute(deposit(id, 5));
  BOOST_TEST(submit(withdraw(id, 5)).get().events.front().sequence_number == 8);
  BOOST_TEST(balance(id) == "0");
  BOOST_TEST(damage() == "0");
}

BOOST_FIXTURE_TEST_CASE(time_does_not_run_backwards_in_a_lane_whichever_way_its_commands_go, LoneStore) {
  const auto clock = std::make_shared<FixedClock>(SystemClock{}.now() + std::chrono::hours{1});
  app = std::make_unique<Application>(options, std::vector<Domain>{ledger::domain(script)}, clock);
  start();
  const AggregateId id = account("a");
  const auto set_back = [&] { clock->advance(std::chrono::minutes{-1}); };
  submit(deposit(id, 1)).get();
  set_back();
  submit(deposit(id, 1)).get();
  set_back();
  hold(account("held"));
  Future first = submit(deposit(id, 1));
  Future second = submit(deposit(id, 1));
  go();
  first.get();
  second.get();
  set_back();
  submit(deposit(id, 1)).get();
  BOOST_TEST(transactions(id) == "4");
  BOOST_TEST(damage() == "0");
}

BOOST_FIXTURE_TEST_CASE(a_command_alone_that_may_be_stored_stays_in_doubt_when_the_database_does_not_come_back, ProxiedStore) {
  const AggregateId id = account("a");
  one_lane.reconnect_for = std::chrono::milliseconds{20};
  start();
  submit(deposit(id, 1)).get();
  proxy.close_door();
  proxy.cut_next(PostgresProxy::Cut::after_commit);
  Future doubtful = submit(with_key(deposit(id, 1)));
  BOOST_CHECK((error_of(doubtful) == ErrorCode::in_doubt));
  Future after = submit(deposit(id, 1));
  BOOST_CHECK((error_of(after) == ErrorCode::connection_lost));
  BOOST_TEST(balance(id) == "2");
}

BOOST_FIXTURE_TEST_CASE(a_batch_that_may_be_stored_stays_in_doubt_when_the_database_does_not_come_back, ProxiedStore) {
  const AggregateId id = account("a");
  const AggregateId before = account("b");
  one_lane.reconnect_for = std::chrono::milliseconds{20};
  start();
  script->handling = [&](const Command& command) {
    if (command.aggregate_id == before) {
      reached.set_value();
      released.get_future().wait();
    } else {
      proxy.close_door();
      proxy.cut_next(PostgresProxy::Cut::after_commit);
    }
  };
  Future done = submit(deposit(before, 1));
  reached.get_future().wait();
  Future with = submit(with_key(deposit(id, 1)));
  Future without = submit(deposit(id, 1));
  go();
  BOOST_TEST(done.get().events.size() == 1U);
  BOOST_CHECK((error_of(with) == ErrorCode::in_doubt));
  BOOST_CHECK((error_of(without) == ErrorCode::in_doubt));
  BOOST_TEST(balance(id) == "2");
}

BOOST_FIXTURE_TEST_CASE(a_cancellation_ends_the_wait_of_a_command_alone_for_its_database, ProxiedStore) {
  const AggregateId id = account("a");
  std::atomic<int> attempts{0};
  std::promise<void> waited;
  Execution execution;
  execution.filters.push_back([&](AnyCommand&) {
    if (++attempts == 2) waited.set_value();
  });
  pipeline.reset();
  open_behind_proxy(execution);
  one_lane.reconnect_for = std::chrono::hours{1};
  start();
  submit(deposit(id, 1)).get();  // Connects, and finds out about the views.
  attempts = 0;
  proxy.close_door();
  proxy.cut_at_query(1);
  Future waiting = submit(deposit(id, 1));
  waited.get_future().wait();
  pipeline->stop(PipelineStop::cancel);
  BOOST_CHECK((error_of(waiting) == ErrorCode::pipeline_stopped));
  BOOST_TEST(balance(id) == "1");
}

BOOST_AUTO_TEST_SUITE_END()
