// The command pipeline: how commands come in, wait for room and are answered, and how it ends.
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/system_executor.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/test/unit_test.hpp>
#include <algorithm>
#include <mutex>
#include <thread>

#include "support/pipeline_store.hpp"

using namespace seriatim;
using namespace seriatim::testing;

namespace {

/// Coroutines of one thread, each of which has submitted a deposit of 1 to one account.
struct Coroutines {
  Coroutines(CommandPipeline& pipeline, const AggregateId& id, int count) {
    for (int i = 0; i < count; ++i) boost::asio::co_spawn(context, run(pipeline, id, i), boost::asio::detached);
    context.poll();
  }

  boost::asio::awaitable<void> run(CommandPipeline& pipeline, AggregateId id, int number) {
    std::string outcome = std::to_string(number) + ": ";
    try {
      const auto result = co_await pipeline.submit(LedgerStore::deposit(id, 1), boost::asio::use_awaitable);
      outcome += "event " + std::to_string(result.events.front().sequence_number);
    } catch (const Error& error) {
      outcome += error.what();
    }
    outcomes.push_back(outcome);
  }

  /// Until all of them have their answers.
  void finish() { context.run(); }

  std::vector<std::string> outcomes;  ///< In the order of the answers.
  boost::asio::io_context context;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(pipeline, PipelineStore)

BOOST_AUTO_TEST_CASE(a_command_is_submitted_with_a_callback_a_future_or_a_coroutine) {
  start();
  const AggregateId id = new_uuid();
  const ExecutionResult opened = submit(open_account(id, "Ann")).get();
  BOOST_REQUIRE(opened.events.size() == 1U);
  BOOST_TEST(opened.events.front().type == "Ledger::Opened");
  BOOST_TEST(opened.events.front().sequence_number == 1);

  std::promise<std::pair<std::thread::id, std::int32_t>> called;
  pipeline->submit(deposit(id, 3), [&](const std::exception_ptr& error, const ExecutionResult& result) {
    called.set_value({std::this_thread::get_id(), error == nullptr ? result.events.front().sequence_number : 0});
  });
  const auto [thread, sequence_number] = called.get_future().get();
  BOOST_TEST((thread != std::this_thread::get_id()));
  BOOST_TEST(sequence_number == 2);

  boost::asio::io_context context;
  bool refused = false;
  boost::asio::co_spawn(
      context,
      [&]() -> boost::asio::awaitable<void> {
        const ExecutionResult result = co_await pipeline->submit(deposit(id, 4), boost::asio::use_awaitable);
        BOOST_TEST(result.events.front().sequence_number == 3);
        try {
          co_await pipeline->submit(withdraw(id, 100), boost::asio::use_awaitable);
        } catch (const DomainError& error) {
          refused = error.name() == "insufficient_funds";
        }
      },
      boost::asio::detached);
  context.run();
  BOOST_TEST(refused);
  BOOST_TEST(balance(id) == "7");
}

BOOST_AUTO_TEST_CASE(a_full_pipeline_refuses_or_keeps_its_caller_until_there_is_room) {
  const AggregateId id = account("a");
  one_lane.capacity = 3;
  one_lane.when_full = WhenFull::fail;
  start();
  hold(id);
  Future second = submit(deposit(id, 1));
  Future third = submit(deposit(id, 1));
  Future fourth = submit(deposit(id, 1));
  std::string message;
  BOOST_CHECK((error_of(fourth, &message) == ErrorCode::pipeline_full));
  BOOST_TEST(message == "the pipeline holds 3 commands already: submit it again when some of them are done");
  go();
  held.get();
  second.get();
  third.get();
  script->handling = [](const Command&) {};
  one_lane.when_full = WhenFull::wait;
  one_lane.capacity = 1;
  start();
  std::vector<Future> futures;
  for (int i = 0; i < 20; ++i) futures.push_back(submit(deposit(id, 1)));
  for (Future& future : futures) future.get();
  BOOST_TEST(balance(id) == "23");
}

BOOST_AUTO_TEST_CASE(a_full_pipeline_suspends_a_coroutine_and_its_thread_goes_on) {
  const AggregateId id = account("a");
  one_lane.capacity = 1;
  start();
  hold(id);
  Coroutines coroutines{*pipeline, id, 3};
  BOOST_TEST(coroutines.outcomes.empty());  // Their thread was not kept.
  Future behind;
  std::thread thread{[&] { behind = submit(deposit(id, 1)); }};
  go();
  coroutines.finish();
  thread.join();
  BOOST_TEST((coroutines.outcomes == std::vector<std::string>{"0: event 3", "1: event 4", "2: event 5"}));
  BOOST_TEST(held.get().events.front().sequence_number == 2);
  BOOST_TEST(behind.get().events.front().sequence_number == 6);
}

BOOST_AUTO_TEST_CASE(a_drain_carries_out_what_waits_for_room) {
  const AggregateId id = account("a");
  one_lane.capacity = 1;
  start();
  hold(id);
  Coroutines coroutines{*pipeline, id, 3};
  std::thread drain{[&] { pipeline->stop(PipelineStop::drain); }};
  go();
  drain.join();
  coroutines.finish();
  BOOST_TEST((coroutines.outcomes == std::vector<std::string>{"0: event 3", "1: event 4", "2: event 5"}));
}

BOOST_AUTO_TEST_CASE(a_cancellation_refuses_what_waits_for_room_at_once) {
  const AggregateId id = account("a");
  one_lane.capacity = 1;
  start();
  hold(id);
  Coroutines coroutines{*pipeline, id, 3};
  std::thread cancel{[&] { pipeline->stop(PipelineStop::cancel); }};
  coroutines.finish();  // While the lane is held.
  const std::string refused = ": the pipeline is stopped: nothing of the command is stored";
  BOOST_TEST((coroutines.outcomes == std::vector<std::string>{"0" + refused, "1" + refused, "2" + refused}));
  go();
  cancel.join();
  BOOST_TEST(held.get().events.size() == 1U);
  BOOST_TEST(events(id) == "2");
}

BOOST_AUTO_TEST_CASE(a_completion_that_runs_in_the_lane_may_submit_to_a_full_pipeline) {
  const AggregateId id = account("a");
  one_lane.capacity = 1;
  start();
  script->handling = [&](const Command& command) {
    if (command.user_id == id) released.get_future().wait();
  };
  ledger::Deposit first = deposit(id, 1);
  first.user_id = id;
  std::promise<Future> submitted;
  pipeline->submit(first, boost::asio::bind_executor(boost::asio::system_executor{},
                                                     [&](const std::exception_ptr&, const ExecutionResult&) {
                                                       submitted.set_value(submit(deposit(id, 1)));
                                                     }));
  Coroutines coroutines{*pipeline, id, 1};  // Takes the room of the first.
  go();
  Future second = submitted.get_future().get();
  coroutines.finish();
  BOOST_TEST((coroutines.outcomes == std::vector<std::string>{"0: event 3"}));
  BOOST_TEST(second.get().events.front().sequence_number == 4);
}

BOOST_AUTO_TEST_CASE(a_caller_that_has_its_answer_finds_room) {
  const AggregateId id = account("a");
  one_lane.capacity = 1;
  one_lane.when_full = WhenFull::fail;
  start();
  std::promise<Future> submitted;
  pipeline->submit(deposit(id, 1), boost::asio::bind_executor(boost::asio::system_executor{},
                                                              [&](const std::exception_ptr&, const ExecutionResult&) {
                                                                submitted.set_value(submit(deposit(id, 1)));
                                                              }));
  BOOST_TEST(submitted.get_future().get().get().events.front().sequence_number == 3);
}

BOOST_AUTO_TEST_CASE(four_threads_fill_four_lanes_and_each_keeps_its_order) {
  constexpr int threads = 4;
  constexpr int each = 60;
  PipelineOptions four;
  four.lanes = 4;
  four.capacity = 32;
  four.batch = 8;
  start(four);
  std::vector<AggregateId> ids;
  for (const char* owner : {"a", "b", "c", "d", "e", "f"}) ids.push_back(account(owner));
  // By thread and account: the numbers of the events in the order of the answers.
  std::vector<std::vector<std::vector<std::int32_t>>> told(threads, std::vector<std::vector<std::int32_t>>(ids.size()));
  std::mutex mutex;
  const auto work = [&](std::size_t me) {
    for (std::size_t i = 0; i < each; ++i) {
      const std::size_t which = (i * (me + 1)) % ids.size();
      pipeline->submit(deposit(ids[which], 1), [&, me, which](const std::exception_ptr& error, const ExecutionResult& result) {
        const std::scoped_lock lock{mutex};
        told[me][which].push_back(error == nullptr ? result.events.front().sequence_number : 0);
      });
    }
  };
  std::vector<std::thread> submitters;
  for (std::size_t me = 0; me < threads; ++me) submitters.emplace_back(work, me);
  for (std::thread& submitter : submitters) submitter.join();
  pipeline->stop(PipelineStop::drain);
  pipeline.reset();
  std::size_t answers = 0;
  for (const auto& thread : told) {
    for (const std::vector<std::int32_t>& numbers : thread) {
      answers += numbers.size();
      BOOST_TEST(std::is_sorted(numbers.begin(), numbers.end()));
      BOOST_TEST(std::count(numbers.begin(), numbers.end(), 0) == 0);
    }
  }
  BOOST_TEST(answers == std::size_t{threads} * each);
  BOOST_TEST(value("select sum(balance) from view_schema.account_rows") == std::to_string(threads * each));
  BOOST_TEST(damage() == "0");
}

BOOST_AUTO_TEST_CASE(a_pipeline_that_is_stopped_drains_or_cancels_and_answers_each_command_once) {
  const AggregateId id = account("a");
  start();
  hold(id);
  std::vector<Future> futures;
  for (int i = 0; i < 10; ++i) futures.push_back(submit(deposit(id, 1)));
  std::thread drain{[&] { pipeline->stop(PipelineStop::drain); }};
  go();
  drain.join();
  for (Future& future : futures) BOOST_TEST(future.get().events.size() == 1U);
  Future late = submit(deposit(id, 1));
  BOOST_CHECK((error_of(late) == ErrorCode::pipeline_stopped));
  BOOST_TEST(balance(id) == "11");
}

BOOST_AUTO_TEST_CASE(a_cancelled_pipeline_finishes_what_it_has_begun_and_refuses_the_rest) {
  const AggregateId id = account("a");
  start();
  hold(id);
  std::vector<Future> futures;
  for (int i = 0; i < 10; ++i) futures.push_back(submit(deposit(id, 1)));
  std::thread cancel{[&] { pipeline->stop(PipelineStop::cancel); }};
  // What the lane holds back is the first batch; the cancellation has reached it when it takes no more.
  // The lane is held, so only a refusal is answered: the pipeline is stopped then.
  for (;;) {
    futures.push_back(submit(deposit(id, 1)));
    if (futures.back().wait_for(std::chrono::milliseconds{1}) == std::future_status::ready) break;
  }
  go();
  cancel.join();
  BOOST_TEST(held.get().events.size() == 1U);
  for (Future& future : futures) BOOST_CHECK((error_of(future) == ErrorCode::pipeline_stopped));
  BOOST_TEST(balance(id) == "1");
}

BOOST_AUTO_TEST_CASE(options_that_make_no_sense_are_refused) {
  for (int which = 0; which < 3; ++which) {
    PipelineOptions senseless;
    if (which == 0) senseless.lanes = 0;
    if (which == 1) senseless.capacity = 0;
    if (which == 2) senseless.batch = 0;
    BOOST_CHECK_EXCEPTION(start(senseless), Error, [](const Error& e) { return e.code() == ErrorCode::usage; });
  }
}

BOOST_AUTO_TEST_SUITE_END()
