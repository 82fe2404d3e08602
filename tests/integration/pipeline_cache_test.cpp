// The command pipeline: what lanes keep of aggregates is never more than a guess.
#include <boost/test/unit_test.hpp>
#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "seriatim/deletion.hpp"
#include "support/pipeline_store.hpp"
#include "support/throwaway_cluster.hpp"

using namespace seriatim;
using namespace seriatim::testing;

namespace {

/// Deletes an account for good, and has another program open it again with as many events, all but the first deposits of 1.
void make_anew(PipelineStore& store, const AggregateId& id) {
  const int events = std::stoi(store.events(id));
  BOOST_TEST(Deletion{store.options}.delete_streams(std::vector{id}).streams == 1);
  for (const char* table : {"account_rows", "entry_rows"}) {
    (void)store.rows(std::string{"delete from view_schema."} + table + " where aggregate_id = '" + uuid_text(id) + "'");
  }
  store.others->commands().execute(LedgerStore::open_account(id, uuid_text(id)));
  for (int i = 1; i < events; ++i) store.others->commands().execute(LedgerStore::deposit(id, 1));
}

/// A server of its own, which can lose what it has stored.
struct OwnServer {
  /// Starts the server anew, on what it would have if a deposit that it promised to keep had got lost, and another of 2 had come
  /// since: as many events, in a row that is the same.
  void restart_without_deposit(const AggregateId& id) {
    cluster.server().stop();
    cluster.server().start();
    pqxx::connection connection{store.options.database_url};
    pqxx::work work{connection};
    work.exec("set local session_replication_role = replica");  // No trigger knows of it.
    const auto changed = work.exec("update sequent_schema.events_default set event_json = '{\"amount\": \"2\"}' "
                                   "where sequence_number = 3 and aggregate_id = '" + uuid_text(id) + "'");
    BOOST_TEST(changed.affected_rows() == 1);
    work.commit();
  }

  ThrowawayCluster cluster;
  PipelineStore store{cluster.create_database()};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(pipeline, PipelineStore)

BOOST_AUTO_TEST_CASE(a_cached_aggregate_that_another_program_changed_is_neither_written_on_nor_a_reason_to_refuse) {
  start();
  const AggregateId id = account("a");
  submit(deposit(id, 1)).get();
  others->commands().execute(deposit(id, 5));
  BOOST_TEST(submit(withdraw(id, 6)).get().events.front().sequence_number == 4);
  others->commands().execute(deposit(id, 2));
  Future refused = submit(withdraw(id, 3));
  BOOST_CHECK((error_of(refused) == ErrorCode::domain));
  others->commands().execute(deposit(id, 1));
  BOOST_TEST(submit(withdraw(id, 3)).get().events.front().sequence_number == 7);
  others->commands().execute(deposit(id, 5));
  // Its only reason is what it reads, and it changes nothing.
  BOOST_TEST(submit(ledger::Look{{.aggregate_id = id}, "broke", ""}).get().events.empty());
  BOOST_TEST(balance(id) == "5");
  BOOST_TEST(damage() == "0");
}

BOOST_AUTO_TEST_CASE(two_programs_that_change_the_same_aggregates_at_once_lose_and_double_nothing) {
  constexpr int each = 150;
  std::vector<AggregateId> ids;
  for (const char* owner : {"a", "b", "c"}) ids.push_back(account(owner));
  PipelineOptions small;
  small.batch = 10;
  auto theirs = others->pipeline(small);
  start(small);
  // By program and account: the numbers of the events in the order of the answers.
  std::vector<std::vector<std::vector<std::int32_t>>> told(2, std::vector<std::vector<std::int32_t>>(ids.size()));
  std::mutex mutex;
  const auto work = [&](std::size_t me) {
    for (std::size_t i = 0; i < each; ++i) {
      const std::size_t which = (i * (me + 1)) % ids.size();
      (me == 0 ? pipeline : theirs)
          ->submit(deposit(ids[which], 1), [&, me, which](const std::exception_ptr& error, const ExecutionResult& result) {
            const std::scoped_lock lock{mutex};
            told[me][which].push_back(error == nullptr ? result.events.front().sequence_number : 0);
          });
    }
  };
  std::thread other{work, 1};
  work(0);
  other.join();
  pipeline->stop(PipelineStop::drain);
  theirs->stop(PipelineStop::drain);
  pipeline.reset();  // Then all completions have returned.
  theirs.reset();
  std::int64_t stored = 0;
  std::int64_t refused = 0;
  for (const auto& program : told) {
    for (const std::vector<std::int32_t>& numbers : program) {
      std::vector<std::int32_t> positions;
      std::copy_if(numbers.begin(), numbers.end(), std::back_inserter(positions), [](std::int32_t n) { return n != 0; });
      BOOST_TEST(std::is_sorted(positions.begin(), positions.end()));
      stored += static_cast<std::int64_t>(positions.size());
      refused += static_cast<std::int64_t>(numbers.size() - positions.size());
    }
  }
  BOOST_TEST(stored + refused == 2 * each);  // `execute` may lose to the other program, too; then nothing is stored.
  BOOST_TEST(value("select sum(balance) from view_schema.account_rows") == std::to_string(stored));
  BOOST_TEST(damage() == "0");
}

BOOST_AUTO_TEST_CASE(a_cached_aggregate_that_was_deleted_for_good_and_made_anew_with_as_many_events_is_noticed) {
  const AggregateId loaded = account("a");
  const AggregateId created = new_uuid();
  const AggregateId from_snapshot = account("c");
  for (int i = 0; i < 5; ++i) others->commands().execute(deposit(from_snapshot, 1));
  BOOST_TEST(others->snapshots().take(0).taken == 1);
  start();
  submit(open_account(created, "b")).get();
  for (const AggregateId& id : {loaded, created, from_snapshot}) {
    BOOST_TEST_CONTEXT(balance(id)) {
      submit(deposit(id, 50)).get();
      make_anew(*this, id);
      Future refused = submit(withdraw(id, 50));
      BOOST_CHECK((error_of(refused) == ErrorCode::domain));
      submit(deposit(id, 50)).get();
      make_anew(*this, id);
      // Its only reason to succeed is what it reads.
      Future looked = submit(ledger::Look{{.aggregate_id = id}, "broke", ""});
      const bool broke = std::stod(balance(id)) < 5;
      if (broke) {
        BOOST_CHECK((error_of(looked) == ErrorCode::domain));
      } else {
        BOOST_TEST(looked.get().events.empty());
      }
      submit(deposit(id, 1)).get();
    }
  }
  BOOST_TEST(Deletion{options}.delete_commands() > 0);  // Those whose events are gone.
  BOOST_TEST(damage() == "0");
}

BOOST_AUTO_TEST_CASE(a_cached_aggregate_whose_events_were_changed_by_hand_is_noticed) {
  const AggregateId loaded = account("a");
  const AggregateId created = new_uuid();
  start();
  submit(open_account(created, "b")).get();
  for (const AggregateId& id : {loaded, created}) {
    const auto let_the_deposit_be = [&](int amount) {
      return value("with changed as (update sequent_schema.events_default set event_json = '{\"amount\": \"" +
                   std::to_string(amount) + "\"}' where sequence_number = 2 and aggregate_id = '" + uuid_text(id) +
                   "' returning 1) select count(*) from changed");
    };
    submit(deposit(id, 50)).get();
    BOOST_TEST(let_the_deposit_be(1) == "1");
    Future refused = submit(withdraw(id, 50));
    BOOST_CHECK((error_of(refused) == ErrorCode::domain));
    BOOST_TEST(let_the_deposit_be(70) == "1");
    BOOST_TEST(submit(withdraw(id, 70)).get().events.front().sequence_number == 3);
    BOOST_TEST(let_the_deposit_be(90) == "1");
    // Its only reason to succeed is what it reads.
    BOOST_TEST(submit(ledger::Look{{.aggregate_id = id}, "broke", ""}).get().events.empty());
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(pipeline)

BOOST_FIXTURE_TEST_CASE(what_is_kept_of_a_server_before_it_was_started_anew_is_not_relied_on, OwnServer) {
  const AggregateId id = store.account("a");
  store.start();
  store.submit(LedgerStore::deposit(id, 1)).get();
  store.submit(LedgerStore::deposit(id, 50)).get();
  restart_without_deposit(id);
  Future refused = store.submit(LedgerStore::withdraw(id, 50));
  BOOST_CHECK((error_of(refused) == ErrorCode::domain));
  BOOST_TEST(store.submit(LedgerStore::withdraw(id, 3)).get().events.front().sequence_number == 4);
}

BOOST_FIXTURE_TEST_CASE(a_batch_that_was_begun_before_the_server_was_started_anew_is_made_again, OwnServer) {
  const AggregateId id = store.account("a");
  store.start();
  store.submit(LedgerStore::deposit(id, 1)).get();
  store.submit(LedgerStore::deposit(id, 50)).get();
  std::atomic<int> handled{0};
  store.script->handling = [&](const Command&) {
    if (handled++ != 0) return;
    store.reached.set_value();
    store.released.get_future().wait();
  };
  Future refused = store.submit(LedgerStore::withdraw(id, 50));
  store.reached.get_future().wait();
  restart_without_deposit(id);
  store.go();
  BOOST_CHECK((error_of(refused) == ErrorCode::domain));
  BOOST_TEST(handled == 2);
}

BOOST_AUTO_TEST_SUITE_END()
