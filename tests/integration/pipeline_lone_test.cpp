// The command pipeline: commands that come one at a time.
#include <boost/test/unit_test.hpp>

#include "support/pipeline_store.hpp"
#include "support/postgres_proxy.hpp"

using namespace seriatim;
using namespace seriatim::testing;

namespace {

struct LoneStore : PipelineStore {
  LoneStore() { one_lane.lone_command = PipelineOptions{}.lone_command; }
};

/// With the program that is tested behind a proxy.
struct ProxiedStore : LoneStore {
  ProxiedStore() {
    options.database_url = proxy.url();
    open({});
    start();
  }
  ~ProxiedStore() { pipeline.reset(); }  // Before the proxy.
  ProxiedStore(const ProxiedStore&) = delete;
  ProxiedStore& operator=(const ProxiedStore&) = delete;

  PostgresProxy proxy{options.database_url};
};

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

BOOST_AUTO_TEST_SUITE_END()
