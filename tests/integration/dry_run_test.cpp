// Behaviour 11: what commands would do, without doing it.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <thread>

#include "support/order_store.hpp"

using namespace seriatim;
using namespace seriatim::testing;
using namespace orders;

namespace {

struct Fixture : OrderStore {
  std::unique_ptr<DryRun> rehearsal = app->dry_run();

  /// All that a command could leave behind, the sequences' positions included.
  [[nodiscard]] std::string everything() const {
    return value(R"(
      select concat_ws('|', (select count(*) from sequent_schema.events), (select count(*) from sequent_schema.commands),
                       (select count(*) from sequent_schema.aggregates),
                       (select count(*) from view_schema.order_records),
                       (select string_agg(concat_ws('=', schemaname, sequencename, last_value), ',' order by 1, 2)
                          from pg_sequences)))");
  }
};

/// "PlaceOrder:done{Placed#1[OrderProjector](ScriptedWorkflow+1{PayOrder:done{...}})}<issued by the handler>"
std::string tree(const std::vector<DryRunCommand>& commands) {
  std::string out;
  for (const DryRunCommand& command : commands) {
    if (&command != &commands.front()) out += ' ';
    out += command.type.substr(std::string_view{"Orders::"}.size()) + ':' + to_string(command.outcome);
    for (const DryRunEvent& event : command.events) {
      out += '{' + event.type.substr(std::string_view{"Orders::Order"}.size()) + '#' + std::to_string(event.sequence_number);
      for (const std::string& projector : event.projectors) out += '[' + projector + ']';
      for (const DryRunWorkflow& workflow : event.workflows) {
        out += '(' + workflow.name + (workflow.after_commit == 0 ? "" : "+" + std::to_string(workflow.after_commit)) +
               tree(workflow.commands) + ')';
      }
      out += '}';
    }
    if (!command.issued.empty()) out += '<' + tree(command.issued) + '>';
  }
  return out;
}

ErrorCode refusal_of(const DryRunResult& result) {
  BOOST_REQUIRE(result.error);
  return code_of([&] { std::rethrow_exception(result.error); });
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(dry_runs, Fixture)

BOOST_AUTO_TEST_CASE(a_dry_run_tells_events_projectors_workflows_and_their_commands_as_a_tree) {
  script->reacting = [&](const AnyEvent& e, Workflow& w) {
    if (e.get<OrderPlaced>() == nullptr) return;
    w.execute(pay(e.aggregate_id, 1), ship(e.aggregate_id));
    w.after_commit([] { BOOST_ERROR("a dry run does no work after a commit"); });
  };
  const DryRunResult result = rehearsal->execute(place(a, 1000), note(a, "last"));
  BOOST_TEST(tree(result.commands) ==
             "PlaceOrder:done{Placed#1[OrderProjector](ScriptedWorkflow+1"
             "PayOrder:done{Paid#3(ScriptedWorkflow)(BigOrderWorkflow+1)} ShipOrder:done{Shipped#4(ScriptedWorkflow)})"
             "(BigOrderWorkflowNoteOrder:done{Noted#5(ScriptedWorkflow)})} "
             "NoteOrder:done{Noted#2(ScriptedWorkflow)}");
  BOOST_TEST(names(result.events) == "Placed#1 Noted#2 Paid#3 Shipped#4 Noted#5");
  BOOST_TEST(!result.error);
  const DryRunCommand& placed = result.commands[0];
  BOOST_TEST(placed.json == R"({"amount":"1000","customer":"Ann","fee":null})");
  BOOST_TEST(placed.aggregate_id == a);
  BOOST_TEST(placed.events[0].json == R"({"amount":"1000","fee":null,"customer":"Ann"})");
  BOOST_TEST(placed.events[0].workflows[1].commands[0].json == R"({"text":"big"})");
}

BOOST_AUTO_TEST_CASE(a_dry_run_stores_nothing_and_advances_no_sequence) {
  execute(place(b));
  const std::string before = everything();
  rehearsal->execute(place(a, 1000), pay(a), ship(b));
  rehearsal->execute(note(b));
  BOOST_TEST(everything() == before);
}

BOOST_AUTO_TEST_CASE(a_dry_run_foresees_what_execute_does) {
  script->reacting = [&](const AnyEvent& e, Workflow& w) {
    if (e.get<OrderPaid>() != nullptr) w.execute(ship(e.aggregate_id), note(b, "paid"));
  };
  execute(place(b));
  const DryRunResult foreseen = rehearsal->execute(place(a, 2000), pay(a, 3000), note(b));
  BOOST_TEST(everything().starts_with("1|1|1|1|"));
  const ExecutionResult done = execute(place(a, 2000), pay(a, 3000), note(b));
  BOOST_TEST(names(foreseen.events) == names(done.events));
  BOOST_TEST(names(done.events) == "Placed#1 Paid#2 Noted#2 Noted#3 Shipped#4 Noted#3 Noted#5");
}

BOOST_AUTO_TEST_CASE(a_call_of_a_dry_run_finds_what_those_before_it_would_have_stored) {
  execute(place(b), note(b));
  BOOST_TEST(names(rehearsal->execute(place(a)).events) == "Placed#1");
  BOOST_TEST(names(rehearsal->execute(ship(a), ship(b)).events) == "Shipped#2 Shipped#3");
  BOOST_TEST(names(rehearsal->execute(pay(a), pay(b)).events) == "Paid#3 Paid#4");
  BOOST_CHECK((refusal_of(rehearsal->execute(ship(b))) == ErrorCode::domain));
  // Another dry run knows nothing of it.
  BOOST_TEST(names(app->dry_run()->execute(ship(b)).events) == "Shipped#3");
}

BOOST_AUTO_TEST_CASE(a_refused_call_of_a_dry_run_leaves_no_trace_and_says_who_was_refused) {
  script->reacting = [&](const AnyEvent& e, Workflow& w) {
    if (e.get<OrderPlaced>() != nullptr) w.execute(ship(e.aggregate_id), ship(e.aggregate_id), pay(e.aggregate_id));
  };
  const DryRunResult result = rehearsal->execute(place(a), note(a));
  BOOST_CHECK((refusal_of(result) == ErrorCode::domain));
  BOOST_TEST(result.events.empty());
  BOOST_TEST(tree(result.commands) ==
             "PlaceOrder:done{Placed#1[OrderProjector](ScriptedWorkflow"
             "ShipOrder:done{Shipped#3(ScriptedWorkflow)} ShipOrder:refused PayOrder:not_reached)} "
             "NoteOrder:done{Noted#2(ScriptedWorkflow)}");
  script->reacting = [](const AnyEvent&, Workflow&) {};
  BOOST_TEST(names(rehearsal->execute(place(a)).events) == "Placed#1");
}

BOOST_AUTO_TEST_CASE(a_dry_run_refuses_what_execute_refuses) {
  execute(place(b));
  PlaceOrder nobody = place(a);
  nobody.customer = "";
  BOOST_CHECK((refusal_of(rehearsal->execute(nobody)) == ErrorCode::command_not_valid));
  BOOST_CHECK((refusal_of(rehearsal->execute(pay(a))) == ErrorCode::aggregate_not_found));
  BOOST_CHECK((refusal_of(rehearsal->execute(place(b))) == ErrorCode::optimistic_locking));
  BOOST_CHECK((code_of([&] { execute(place(b)); }) == ErrorCode::optimistic_locking));
  rehearsal->execute(place(a));
  BOOST_CHECK((refusal_of(rehearsal->execute(place(a))) == ErrorCode::optimistic_locking));
  script->reacting = [](const AnyEvent&, Workflow&) { throw std::runtime_error{"no"}; };
  BOOST_CHECK((refusal_of(rehearsal->execute(pay(b))) == ErrorCode::publish));
  script->reacting = [](const AnyEvent& e, Workflow& w) { w.execute(note(e.aggregate_id)); };
  BOOST_CHECK((refusal_of(rehearsal->execute(pay(b))) == ErrorCode::workflow_depth));
  BOOST_TEST(count("events") == "1");
}

BOOST_AUTO_TEST_CASE(a_command_that_nobody_handles_is_told_as_unhandled) {
  AnyCommand unknown{MessageType{"Orders::Unknown", &attributes::type_of<Command>, "Unknown"},
                     attributes::Value::of(Command{.aggregate_id = a})};
  BOOST_TEST(tree(rehearsal->execute({unknown}).commands) == "Unknown:unhandled");
  options.unknown_commands = UnknownCommands::refuse;
  start();
  const DryRunResult result = app->dry_run()->execute({unknown});
  BOOST_CHECK((refusal_of(result) == ErrorCode::unknown_command));
  BOOST_TEST(tree(result.commands) == "Unknown:refused");
}

BOOST_AUTO_TEST_CASE(the_service_called_by_a_handler_in_a_dry_run_joins_the_dry_run) {
  execute(place(b));
  const std::string before = everything();
  script->handling = [&](const Command& command) {
    if (command.aggregate_id == a && app->commands().execute(note(b)).events.empty()) script->handling = [](auto&) {};
  };
  BOOST_TEST(tree(rehearsal->execute(place(a), pay(b)).commands) ==
             "PlaceOrder:done{Placed#1[OrderProjector](ScriptedWorkflow)}<NoteOrder:done{Noted#3(ScriptedWorkflow)}> "
             "PayOrder:done{Paid#2(ScriptedWorkflow)(BigOrderWorkflow+1)}");
  BOOST_TEST(everything() == before);
}

BOOST_AUTO_TEST_CASE(an_aggregate_that_a_dry_run_changed_stays_as_it_was_whatever_writers_do) {
  execute(place(a));
  BOOST_TEST(names(rehearsal->execute(note(a)).events) == "Noted#2");
  execute(ship(a), pay(a));
  BOOST_TEST(names(rehearsal->execute(ship(a)).events) == "Shipped#3");
  // One that it did not change is read as it is.
  BOOST_TEST(names(app->dry_run()->execute(note(a)).events) == "Noted#4");
}

BOOST_AUTO_TEST_CASE(a_dry_run_keeps_no_transaction_open_between_its_calls_and_follows_a_migration) {
  execute(place(a));
  BOOST_TEST(tree(rehearsal->execute(note(a)).commands) == "NoteOrder:done{Noted#2(ScriptedWorkflow)}");
  migrate_to(2);
  BOOST_TEST(tree(rehearsal->execute(note(a)).commands) == "NoteOrder:done{Noted#3[NoteProjector](ScriptedWorkflow)}");
}

BOOST_AUTO_TEST_CASE(dry_runs_beside_writers_store_nothing_and_disturb_nobody) {
  constexpr int writers = 3;
  constexpr int each = 60;
  std::vector<AggregateId> orders(writers);
  for (AggregateId& id : orders) execute(place(id = new_uuid()));
  std::atomic<int> writing{writers};
  std::atomic<int> failures{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < writers; ++i) {
    threads.emplace_back([&, id = orders[static_cast<std::size_t>(i)]] {
      try {
        for (int k = 0; k < each; ++k) execute(note(id));
      } catch (const std::exception& error) {
        std::fprintf(stderr, "unexpected: %s\n", error.what());
        ++failures;
      }
      --writing;
    });
  }
  int rehearsed = 0;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&, i] {
      try {
        for (bool last = false; !last; last = writing == 0) {
          const auto run = app->dry_run();
          for (const AggregateId& id : orders) {
            const DryRunResult result = run->execute(note(id), ship(id), place(new_uuid()));
            const bool consecutive =
                result.events.size() == 3 && result.events[1].sequence_number == result.events[0].sequence_number + 1;
            // A writer never comes between the events of a dry run.
            const DryRunResult again = run->execute(pay(id));
            if (result.error || again.error || !consecutive ||
                again.events[0].sequence_number != result.events[1].sequence_number + 1) {
              ++failures;
            }
          }
          if (i == 0) ++rehearsed;
        }
      } catch (const std::exception& error) {
        std::fprintf(stderr, "unexpected: %s\n", error.what());
        ++failures;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  BOOST_TEST(failures == 0);
  BOOST_TEST(rehearsed > 0);
  BOOST_TEST(count("events") == std::to_string(writers * (each + 1)));
  BOOST_TEST(count("commands") == std::to_string(writers * (each + 1)));
  BOOST_TEST(value("select count(*) from view_schema.order_records") == std::to_string(writers));
  // And what a dry run says when it is quiet again is what happens.
  const DryRunResult foreseen = rehearsal->execute(ship(orders[0]), pay(orders[1]));
  BOOST_TEST(names(foreseen.events) == names(execute(ship(orders[0]), pay(orders[1])).events));
}

BOOST_AUTO_TEST_SUITE_END()
