// The command pipeline: in which order commands are carried out, what they share, and what each comes to.
#include <boost/test/unit_test.hpp>
#include <algorithm>
#include <atomic>
#include <mutex>

#include "runtime/process.hpp"
#include "support/pipeline_store.hpp"

using namespace seriatim;
using namespace seriatim::testing;

BOOST_FIXTURE_TEST_SUITE(pipeline, PipelineStore)

BOOST_AUTO_TEST_CASE(commands_that_wait_share_a_transaction_and_have_outcomes_of_their_own) {
  start();
  const AggregateId a = account("a");
  const AggregateId b = account("b");
  hold(a);
  std::vector<Future> futures;
  for (int i = 0; i < 5; ++i) {
    futures.push_back(submit(deposit(a, 1)));
    futures.push_back(submit(deposit(b, 1)));
  }
  Future refused = submit(withdraw(b, 100));
  Future invalid = submit(deposit(b, 0));
  Future last = submit(withdraw(b, 5));
  go();
  held.get();
  for (Future& future : futures) BOOST_TEST(future.get().events.size() == 1U);
  BOOST_CHECK((error_of(refused) == ErrorCode::domain));
  BOOST_CHECK((error_of(invalid) == ErrorCode::command_not_valid));
  BOOST_TEST(last.get().events.front().sequence_number == 7);
  BOOST_TEST(transactions(b) == "1");
  BOOST_TEST(transactions(a) == "2");
  BOOST_TEST(balance(b) == "0");
  BOOST_TEST(damage() == "0");
}

BOOST_AUTO_TEST_CASE(a_batch_whose_aggregates_took_long_to_read_takes_all_that_were_read_for_it) {
  one_lane.batch_time = std::chrono::milliseconds{250};
  start();
  std::vector<AggregateId> ids;
  for (const char* owner : {"a", "b", "c", "d"}) ids.push_back(account(owner));
  hold(ids[0]);
  std::vector<Future> futures;
  for (const AggregateId& id : ids) futures.push_back(submit(deposit(id, 1)));
  pqxx::connection holder{options.database_url};
  pqxx::work hold_reading{holder};
  hold_reading.exec("lock table sequent_schema.snapshot_records in access exclusive mode");  // Read by all, written by nobody here.
  go();
  BOOST_TEST(runtime::wait_until(std::chrono::minutes{1}, [&] {
    return value("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and"
                 " clock_timestamp() - query_start > interval '300 ms'") != "0";
  }));
  hold_reading.commit();
  for (Future& future : futures) BOOST_TEST(future.get().events.size() == 1U);
  BOOST_TEST(value("select count(distinct xact_id) from sequent_schema.events where sequence_number > 1") == "2");
}

BOOST_AUTO_TEST_CASE(a_refused_command_leaves_no_trace_for_those_behind_it) {
  start();
  const AggregateId id = account("a");
  hold(id);
  Future refused = submit(withdraw(id, 2));  // It has applied its event before it is refused.
  Future after = submit(withdraw(id, 1));
  Future empty = submit(withdraw(id, 1));
  go();
  BOOST_CHECK((error_of(refused) == ErrorCode::domain));
  BOOST_TEST(after.get().events.front().sequence_number == 3);
  BOOST_CHECK((error_of(empty) == ErrorCode::domain));
  BOOST_TEST(events(id) == "3");
  BOOST_TEST(damage() == "0");
}

BOOST_AUTO_TEST_CASE(commands_of_one_aggregate_are_carried_out_and_answered_in_the_order_submitted) {
  PipelineOptions three;
  three.lanes = 3;
  three.batch = 7;
  start(three);
  constexpr int each = 60;
  std::vector<AggregateId> ids;
  for (const char* owner : {"a", "b", "c", "d", "e"}) ids.push_back(account(owner));
  std::vector<std::vector<int>> answered(ids.size());
  std::mutex mutex;
  for (int i = 0; i < each; ++i) {
    for (std::size_t account = 0; account < ids.size(); ++account) {
      const bool refused = i % 4 == 3;
      const auto note_it = [&, account, i](const std::exception_ptr&, const ExecutionResult&) {
        const std::scoped_lock lock{mutex};
        answered[account].push_back(i);
      };
      if (refused) {
        pipeline->submit(withdraw(ids[account], 1'000), note_it);
      } else {
        pipeline->submit(deposit(ids[account], i + 1), note_it);
      }
    }
  }
  pipeline->stop(PipelineStop::drain);
  pipeline.reset();
  for (const std::vector<int>& order : answered) {
    BOOST_TEST(order.size() == static_cast<std::size_t>(each));
    BOOST_TEST(std::is_sorted(order.begin(), order.end()));
  }
}

BOOST_AUTO_TEST_CASE(what_is_submitted_first_is_stored_first_and_gets_the_smaller_command_id) {
  PipelineOptions three;
  three.lanes = 3;
  three.batch = 7;
  start(three);
  std::vector<AggregateId> ids;
  for (const char* owner : {"a", "b", "c", "d", "e"}) ids.push_back(account(owner));
  for (int i = 1; i <= 60; ++i) {
    for (const AggregateId& id : ids) pipeline->submit(deposit(id, i), [](const std::exception_ptr&, const ExecutionResult&) {});
  }
  pipeline->stop(PipelineStop::drain);
  BOOST_TEST(value("select count(*) from (select (event_json->>'amount')::numeric <> sequence_number - 1 as wrong from "
                   "sequent_schema.event_records where sequence_number > 1) e where wrong") == "0");
  BOOST_TEST(value("select count(*) from sequent_schema.events") == "305");
  BOOST_TEST(damage() == "0");
}

BOOST_AUTO_TEST_CASE(one_command_that_cannot_be_stored_does_not_fail_its_neighbours) {
  start();
  const AggregateId a = account("a");
  const AggregateId b = account("b");
  hold(a);
  std::vector<Future> futures;
  for (int i = 0; i < 20; ++i) {
    if (i == 7) futures.push_back(submit(ledger::ChangeOwner{{.aggregate_id = b}, "a"}));  // The key is taken.
    if (i == 12) futures.push_back(submit(note(a, "bad")));                                // The projector fails.
    futures.push_back(submit(deposit(i % 2 == 0 ? a : b, 1)));
  }
  go();
  held.get();
  for (std::size_t i = 0; i < futures.size(); ++i) {
    if (i == 7) {
      BOOST_CHECK((error_of(futures[i]) == ErrorCode::aggregate_key_not_unique));
    } else if (i == 13) {
      BOOST_CHECK((error_of(futures[i]) == ErrorCode::publish));
    } else {
      BOOST_TEST(futures[i].get().events.size() == 1U);
    }
  }
  BOOST_TEST(balance(a) == "11");
  BOOST_TEST(balance(b) == "10");
  BOOST_TEST(damage() == "0");
}

BOOST_AUTO_TEST_CASE(a_key_that_its_holder_gives_up_later_is_taken_for_commands_before) {
  start();
  const AggregateId holder = account("a");
  const AggregateId other = account("b");
  hold(other);
  Future early = submit(open_account(new_uuid(), "a"));
  Future gives_up = submit(ledger::ChangeOwner{{.aggregate_id = holder}, "c"});
  Future late = submit(open_account(new_uuid(), "a"));
  Future again = submit(open_account(new_uuid(), "a"));
  Future found = submit(ledger::DepositByOwner{{.aggregate_id = holder}, "c"});
  go();
  BOOST_CHECK((error_of(early) == ErrorCode::aggregate_key_not_unique));
  BOOST_TEST(gives_up.get().events.size() == 1U);
  BOOST_TEST(late.get().events.size() == 1U);
  BOOST_CHECK((error_of(again) == ErrorCode::aggregate_key_not_unique));
  BOOST_TEST(found.get().events.front().aggregate_id == holder);
}

BOOST_AUTO_TEST_CASE(two_commands_with_one_idempotency_key_have_the_effect_of_one) {
  start();
  const AggregateId id = account("a");
  ledger::Deposit command = deposit(id, 1);
  command.idempotency_key = "k";
  ledger::Deposit other = deposit(id, 2);
  other.idempotency_key = "k";
  hold(id);
  Future first = submit(command);
  Future again = submit(command);
  Future reused = submit(other);
  go();
  BOOST_TEST(!first.get().repeated);
  const ExecutionResult repeated = again.get();
  BOOST_TEST(repeated.repeated);
  BOOST_TEST(repeated.events.front().sequence_number == 3);
  BOOST_CHECK((error_of(reused) == ErrorCode::idempotency_key_reused));
  BOOST_TEST(balance(id) == "2");
}

BOOST_AUTO_TEST_CASE(commands_that_a_workflow_issues_belong_to_their_command_and_work_for_after_the_commit_is_done_before_the_answer) {
  std::atomic<int> worked{0};
  std::string seen;
  script->after_commit = [&](const AggregateId& id) {
    ++worked;
    seen = events(id);
    app->commands().execute(deposit(id, 1));
  };
  start();
  const AggregateId id = account("a");
  hold(id);
  Future refused = submit(note(id, "issue refused"));
  Future issued = submit(note(id, "issue"));
  Future after = submit(note(id, "after"));
  go();
  BOOST_CHECK((error_of(refused) == ErrorCode::domain));
  BOOST_TEST(issued.get().events.size() == 2U);
  BOOST_TEST(after.get().after_commit_failures.empty());
  BOOST_TEST(worked == 1);
  BOOST_TEST(seen == "5");
  BOOST_TEST(balance(id) == "3");
  // What the work did is known to the next command.
  BOOST_TEST(submit(withdraw(id, 3)).get().events.front().sequence_number == 7);
  BOOST_TEST(damage() == "0");
}

BOOST_AUTO_TEST_CASE(an_idle_pipeline_carries_out_a_single_command_in_a_transaction_of_its_own_at_once) {
  start();
  const AggregateId id = account("a");
  for (int i = 0; i < 5; ++i) submit(deposit(id, 1)).get();
  BOOST_TEST(transactions(id) == "5");
}

BOOST_AUTO_TEST_CASE(lanes_take_turns_at_rows_that_their_aggregates_share_and_never_deadlock) {
  std::atomic<int> handled{0};
  script->handling = [&](const Command&) { ++handled; };
  PipelineOptions three;
  three.lanes = 3;
  start(three);
  std::vector<AggregateId> ids;
  for (const char* owner : {"a", "b", "c", "d", "e", "f"}) ids.push_back(account(owner));
  constexpr int each = 40;
  for (int i = 0; i < each; ++i) {
    for (std::size_t account = 0; account < ids.size(); ++account) {
      // Neighbours go through the rows in opposite orders.
      const int text = account % 2 == 0 ? i % 7 : 6 - i % 7;
      pipeline->submit(note(ids[account], "n" + std::to_string(text)), [](const std::exception_ptr&, const ExecutionResult&) {});
    }
  }
  pipeline->stop(PipelineStop::drain);
  BOOST_TEST(value("select sum(accounts) from view_schema.owner_totals where owner like 'noted n%'") == "240");
  BOOST_TEST(handled == 240);  // No batch was made again.
}

BOOST_AUTO_TEST_SUITE_END()
