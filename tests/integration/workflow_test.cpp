// Behaviour 3.2 and 7: what workflows do when something happened.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <thread>

#include "support/order_store.hpp"

using namespace seriatim;
using namespace seriatim::testing;
using namespace orders;

namespace {

struct Fixture : OrderStore {
  /// At events of type E.
  template <class E>
  void at(std::function<void(const AnyEvent&, Workflow&)> reaction) {
    script->reacting = [before = script->reacting, reaction = std::move(reaction)](const AnyEvent& e, Workflow& w) {
      before(e, w);
      if (e.get<E>() != nullptr) reaction(e, w);
    };
  }
  /// Who, and at which event, of the command of a type: "<user> <aggregate> <number>".
  std::string cause_of(const std::string& type) const {
    return value("select concat_ws(' ', user_id, event_aggregate_id, event_sequence_number) from "
                 "sequent_schema.command_records where command_type = 'Orders::" + type + "'");
  }
  std::string message;
};

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

BOOST_FIXTURE_TEST_SUITE(workflows, Fixture)

BOOST_AUTO_TEST_CASE(commands_of_a_workflow_run_behind_those_given_in_the_same_transaction) {
  execute(place(b));
  at<OrderPlaced>([](const AnyEvent& e, Workflow& w) { w.execute(ship(e.aggregate_id), pay(e.aggregate_id)); });
  const ExecutionResult result = execute(place(a), note(b));
  BOOST_TEST(names(result.events) == "Placed#1 Noted#2 Shipped#2 Paid#3");
  BOOST_TEST(transactions() == "2");
}

BOOST_AUTO_TEST_CASE(a_command_of_a_workflow_carries_no_idempotency_key) {
  at<OrderPlaced>([](const AnyEvent& e, Workflow& w) {
    PayOrder keyed = pay(e.aggregate_id);
    keyed.idempotency_key = "k";
    w.execute(keyed);
  });
  BOOST_CHECK_EXCEPTION(execute(place(a)), Error, [](const Error& error) {
    return has(error.what(), "carries the idempotency key \"k\": leave it out");
  });
  BOOST_TEST(transactions() == "0");
}

BOOST_AUTO_TEST_CASE(a_command_of_a_workflow_records_the_event_that_caused_it_and_who_asked) {
  const Uuid user = new_uuid();
  const Uuid other = new_uuid();
  at<OrderPlaced>([](const AnyEvent& e, Workflow& w) { w.execute(pay(e.aggregate_id)); });
  at<OrderPaid>([&](const AnyEvent& e, Workflow& w) {
    ShipOrder by_other = ship(e.aggregate_id);
    by_other.user_id = other;
    by_other.event_aggregate_id = b;  // The framework knows better.
    w.execute(by_other, note(e.aggregate_id));
  });
  PlaceOrder given = place(a);
  given.user_id = user;
  execute(given);
  BOOST_TEST(cause_of("PlaceOrder") == uuid_text(user));
  BOOST_TEST(cause_of("PayOrder") == uuid_text(user) + " " + uuid_text(a) + " 1");
  BOOST_TEST(cause_of("ShipOrder") == uuid_text(other) + " " + uuid_text(a) + " 2");
  BOOST_TEST(cause_of("NoteOrder") == uuid_text(user) + " " + uuid_text(a) + " 2");
}

BOOST_AUTO_TEST_CASE(the_service_called_in_a_workflow_joins_the_queue_like_the_workflow_itself) {
  at<OrderPlaced>([&](const AnyEvent& e, Workflow& w) {
    BOOST_TEST(app->commands().execute(pay(e.aggregate_id)).events.empty());
    w.execute(ship(e.aggregate_id));
  });
  BOOST_TEST(names(execute(place(a)).events) == "Placed#1 Paid#2 Shipped#3");
  BOOST_TEST(cause_of("PayOrder") == uuid_text(a) + " 1");
  BOOST_TEST(transactions() == "1");
}

BOOST_AUTO_TEST_CASE(a_refused_command_of_a_workflow_rolls_everything_back) {
  at<OrderPlaced>([](const AnyEvent& e, Workflow& w) { w.execute(ship(e.aggregate_id), ship(e.aggregate_id)); });
  BOOST_CHECK((code_of([&] { execute(place(a)); }, &message) == ErrorCode::domain));
  BOOST_TEST(message == "the order is shipped already");
  BOOST_TEST(count("events") == "0");
  BOOST_TEST(value("select count(*) from view_schema.order_records") == "0");
  script->reacting = [](const AnyEvent&, Workflow&) {};
  execute(place(a));
  BOOST_TEST(count("events") == "1");
}

BOOST_AUTO_TEST_CASE(a_workflow_that_throws_rolls_everything_back_naming_itself_the_event_and_the_cause) {
  at<OrderPaid>([](const AnyEvent&, Workflow&) { throw std::runtime_error{"the fish is off"}; });
  BOOST_CHECK((code_of([&] { execute(place(a), pay(a)); }, &message) == ErrorCode::publish));
  BOOST_TEST(message == "workflow ScriptedWorkflow failed on event 2 of aggregate " + uuid_text(a) +
                            " (Orders::OrderPaid): the fish is off");
  BOOST_TEST(count("events") == "0");
}

BOOST_AUTO_TEST_CASE(at_each_event_projectors_come_before_workflows) {
  std::string order;
  script->projecting = [&](const EventHeader& e) { order += "projector " + std::to_string(e.sequence_number) + ", "; };
  script->reacting = [&](const AnyEvent& e, Workflow&) { order += "workflow " + std::to_string(e.sequence_number) + ", "; };
  execute(place(a), pay(a));
  BOOST_TEST(order == "projector 1, workflow 1, workflow 2, ");
}

BOOST_AUTO_TEST_CASE(work_for_after_the_commit_is_done_in_the_order_asked_for_when_everything_is_stored) {
  std::string order;
  at<OrderPlaced>([&](const AnyEvent& e, Workflow& w) {
    w.after_commit([&] { order += "first sees " + count("events") + ", "; });
    w.execute(pay(e.aggregate_id));
    w.after_commit([&] { order += "second, "; });
  });
  at<OrderPaid>([&](const AnyEvent&, Workflow& w) { w.after_commit([&] { order += "third"; }); });
  const ExecutionResult result = execute(place(a), place(b));
  BOOST_TEST(order == "first sees 4, second, first sees 4, second, thirdthird");
  BOOST_TEST(result.after_commit_failures.empty());
}

BOOST_AUTO_TEST_CASE(work_for_after_the_commit_is_not_done_when_the_transaction_is_rolled_back) {
  int done = 0;
  at<OrderPlaced>([&](const AnyEvent&, Workflow& w) { w.after_commit([&] { ++done; }); });
  BOOST_CHECK((code_of([&] { execute(place(a), ship(a), ship(a)); }) == ErrorCode::domain));
  execute(place(a));
  // Refused at COMMIT alone, by the database.
  BOOST_CHECK((code_of([&] { execute(place(a)); }) == ErrorCode::optimistic_locking));
  BOOST_TEST(done == 1);
}

BOOST_AUTO_TEST_CASE(work_that_fails_after_the_commit_is_reported_and_stops_what_was_to_follow) {
  int done = 0;
  at<OrderPlaced>([&](const AnyEvent&, Workflow& w) {
    w.after_commit([&] { ++done; });
    w.after_commit([] { throw std::runtime_error{"no paper"}; });
    w.after_commit([&] { ++done; });
  });
  const ExecutionResult result = execute(place(a));
  BOOST_TEST(done == 1);
  BOOST_TEST(count("events") == "1");
  BOOST_REQUIRE(result.after_commit_failures.size() == 2U);
  const AfterCommitFailure& failed = result.after_commit_failures[0];
  BOOST_TEST(failed.workflow == "ScriptedWorkflow");
  BOOST_TEST(failed.aggregate_id == a);
  BOOST_TEST(failed.sequence_number == 1);
  BOOST_TEST(failed.message == "no paper");
  BOOST_TEST(!failed.skipped);
  BOOST_TEST(result.after_commit_failures[1].skipped);
}

BOOST_AUTO_TEST_CASE(work_that_is_to_ignore_its_errors_does_not_stop_what_follows) {
  int done = 0;
  at<OrderPlaced>([&](const AnyEvent&, Workflow& w) {
    w.after_commit([] { throw 42; }, AfterCommitErrors::ignore);
    w.after_commit([&] { ++done; });
  });
  const ExecutionResult result = execute(place(a));
  BOOST_TEST(done == 1);
  BOOST_REQUIRE(result.after_commit_failures.size() == 1U);
  BOOST_TEST(has(result.after_commit_failures[0].message, "no std::exception"));
}

BOOST_AUTO_TEST_CASE(commands_issued_after_the_commit_run_in_transactions_of_their_own_and_know_their_cause) {
  at<OrderPlaced>([&](const AnyEvent& e, Workflow& w) {
    w.after_commit([&, id = e.aggregate_id](CommandService& commands) {
      BOOST_TEST(names(commands.execute(pay(id)).events) == "Paid#2");
      BOOST_CHECK_THROW(commands.execute(pay(b)), Error);
      BOOST_TEST(names(app->commands().execute(note(id)).events) == "Noted#3");
    });
  });
  BOOST_TEST(names(execute(place(a)).events) == "Placed#1");
  BOOST_TEST(transactions() == "3");
  BOOST_TEST(cause_of("PayOrder") == uuid_text(a) + " 1");
  BOOST_TEST(cause_of("NoteOrder") == uuid_text(a) + " 1");
  execute(ship(a));
  BOOST_TEST(cause_of("ShipOrder") == "");
}

BOOST_AUTO_TEST_CASE(what_fails_after_the_commit_of_a_command_issued_after_a_commit_reaches_the_first_caller) {
  at<OrderPlaced>([&](const AnyEvent& e, Workflow& w) {
    w.after_commit([id = e.aggregate_id](CommandService& commands) { commands.execute(pay(id)); });
  });
  at<OrderPaid>([](const AnyEvent&, Workflow& w) { w.after_commit([] { throw std::runtime_error{"deep down"}; }); });
  const ExecutionResult result = execute(place(a));
  BOOST_REQUIRE(result.after_commit_failures.size() == 2U);
  BOOST_TEST(result.after_commit_failures[0].message == "deep down");
  BOOST_TEST(result.after_commit_failures[1].workflow == "BigOrderWorkflow");
  BOOST_TEST(result.after_commit_failures[1].skipped);
  BOOST_TEST(count("events") == "2");
}

BOOST_AUTO_TEST_CASE(a_loop_of_workflows_is_stopped_naming_its_types_and_nothing_is_stored) {
  at<OrderPaid>([](const AnyEvent& e, Workflow& w) { w.execute(note(e.aggregate_id)); });
  at<OrderNoted>([](const AnyEvent& e, Workflow& w) { w.execute(pay(e.aggregate_id)); });
  execute(place(a));
  BOOST_CHECK((code_of([&] { execute(pay(a)); }, &message) == ErrorCode::workflow_depth));
  BOOST_TEST(has(message, "more than 100 deep"), message);
  BOOST_TEST(has(message, "Orders::NoteOrder -> Orders::OrderNoted -> ScriptedWorkflow -> Orders::PayOrder -> "
                          "Orders::OrderPaid -> ScriptedWorkflow"), message);
  BOOST_TEST(message.size() < 500U);
  BOOST_TEST(count("events") == "1");
}

BOOST_AUTO_TEST_CASE(a_chain_of_commands_may_be_as_long_as_the_option_says) {
  options.max_workflow_depth = 3;
  start();
  int left = 0;
  at<OrderNoted>([&](const AnyEvent& e, Workflow& w) {
    if (left-- > 0) w.execute(note(e.aggregate_id));
  });
  execute(place(a));
  left = 3;
  BOOST_TEST(names(execute(note(a)).events) == "Noted#2 Noted#3 Noted#4 Noted#5");
  left = 4;
  BOOST_CHECK((code_of([&] { execute(note(a)); }) == ErrorCode::workflow_depth));
  BOOST_TEST(count("events") == "5");
}

BOOST_AUTO_TEST_CASE(a_loop_through_work_after_commits_is_stopped_too) {
  options.max_workflow_depth = 5;
  start();
  at<OrderNoted>([](const AnyEvent& e, Workflow& w) {
    w.after_commit([id = e.aggregate_id](CommandService& commands) { commands.execute(note(id)); });
  });
  execute(place(a));
  const ExecutionResult result = execute(note(a));
  BOOST_REQUIRE(result.after_commit_failures.size() == 1U);
  BOOST_TEST(has(result.after_commit_failures[0].message, "more than 5 deep"));
  BOOST_TEST(count("events") == "7");
}

BOOST_AUTO_TEST_CASE(an_attempt_that_is_made_again_does_its_work_after_the_commit_once) {
  int called = 0;
  int done = 0;
  at<OrderPlaced>([&](const AnyEvent&, Workflow& w) {
    ++called;
    w.after_commit([&] { ++done; });
  });
  execute(place(b));
  migrate_to(2);  // The application finds out at its next COMMIT, and starts that call again.
  execute(place(a));
  BOOST_TEST(called == 3);
  BOOST_TEST(done == 2);
}

BOOST_AUTO_TEST_CASE(neither_a_replay_nor_a_migration_calls_a_workflow) {
  int called = 0;
  int done = 0;
  script->reacting = [&](const AnyEvent&, Workflow& w) {
    ++called;
    w.after_commit([&] { ++done; });
  };
  execute(place(a), note(a));
  const auto migrator = app->migrator("orders");
  BOOST_TEST(migrator->online(2, {}, {}).events == 1);
  execute(note(a));
  BOOST_TEST(migrator->offline(2, {}, {}).events == 1);
  BOOST_TEST(value("select count(*) from view_schema.note_records") == "2");
  (void)app->events().show(a, std::nullopt);
  BOOST_TEST(called == 3);
  BOOST_TEST(done == 3);
}

BOOST_AUTO_TEST_CASE(workflows_serve_eight_threads_at_once) {
  constexpr int each = 25;
  std::atomic<int> done{0};
  at<OrderPlaced>([&](const AnyEvent& e, Workflow& w) {
    w.execute(pay(e.aggregate_id, 2000));
    w.after_commit([&, id = e.aggregate_id](CommandService& commands) {
      commands.execute(ship(id));
      ++done;
    });
  });
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < each; ++k) execute(place(new_uuid()));
    });
  }
  for (std::thread& thread : threads) thread.join();
  BOOST_TEST(done == 8 * each);
  BOOST_TEST(value("select string_agg(distinct types, '|') from (select string_agg(event_type, ' ' order by "
                   "sequence_number) as types from sequent_schema.event_records group by aggregate_id) t") ==
             "Orders::OrderPlaced Orders::OrderPaid Orders::OrderNoted Orders::OrderShipped");
}

BOOST_AUTO_TEST_SUITE_END()
