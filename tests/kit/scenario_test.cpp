// Behaviour 12: what can be said in a scenario of handlers, projectors and workflows, on both stores.
#include "order_scenario.hpp"

#include "seriatim/validation.hpp"

using namespace seriatim;
using namespace seriatim::testing;
using namespace orders;

namespace elsewhere {

/// Of a context that is not loaded.
struct Ring : Command {
  static constexpr std::string_view type_name = "Elsewhere::Ring";
};
BOOST_DESCRIBE_STRUCT(Ring, (seriatim::Command), ())

/// Of a table that no projector manages.
struct Bell {
  static constexpr std::string_view table = "bells";
  std::string tone;
};
BOOST_DESCRIBE_STRUCT(Bell, (), (tone))

}  // namespace elsewhere

BOOST_FIXTURE_TEST_SUITE(scenarios, OrderScenario)

BOOST_AUTO_TEST_CASE(events_are_expected_whole_by_type_and_by_conditions) {
  when(place(), pay(), note("n"))
      .then(placed(), paid(), OrderNoted{"n"})
      .then<OrderPlaced, OrderPaid, OrderNoted>()
      .then(at(id, placed()), is_a<Movement>(), any_event())
      .then(any_event(), event_like<OrderPaid>([](const OrderPaid& e) { return e.amount == 10; }),
            at(id, exact<OrderNoted>().where(&OrderNoted::text, equal_to("n"))));
}

BOOST_AUTO_TEST_CASE(given_events_are_the_history_of_aggregates_and_continue) {
  const AggregateId other = new_id();
  given<Order>(id, placed(), paid()).given<Order>(other, placed(5)).given<Order>(id, OrderShipped{{}, 1});
  BOOST_TEST(events().size() == 4U);
  BOOST_TEST(events().back().header().sequence_number == 3);
  when(ShipOrder{{id}, 1}).then_fails<DomainError>();
  when(ShipOrder{{other}, {}}).then(at(other, OrderShipped{{}, {}}));
}

BOOST_AUTO_TEST_CASE(given_commands_are_executed_with_all_that_follows) {
  given(place(2000), pay());
  BOOST_TEST(events().size() == 3U);
  then_rows<OrderRecord>({{id, "Ann"}}).then_rows<NoteRecord>({{id, "big"}});
}

BOOST_AUTO_TEST_CASE(a_given_command_that_is_refused_fails_the_scenario) {
  BOOST_TEST(has(complaint([&] { given(pay()); }), "given: command Orders::PayOrder was refused: there is no Orders::Order"));
}

BOOST_AUTO_TEST_CASE(a_refusal_is_expected_by_type_by_code_and_by_what_is_in_it) {
  when(pay()).then_fails(ErrorCode::aggregate_not_found).then_fails<Error>();
  given<Order>(id, placed(), OrderShipped{});
  bool looked = false;
  when(ShipOrder{{id}, {}}).then_fails<DomainError>([&](const DomainError& error) {
    looked = error.name() == "shipped_already";
  });
  BOOST_TEST(looked);
}

BOOST_AUTO_TEST_CASE(validation_errors_are_expected_by_path_and_code) {
  PlaceOrder command = place();
  command.customer = "";
  when(command).then_invalid({{"customer", "blank"}}).then_fails(ErrorCode::command_not_valid);
}

BOOST_AUTO_TEST_CASE(nothing_is_expected_of_a_command_without_events) {
  when(std::vector<AnyCommand>{}).then_nothing().then_no_commands();
}

BOOST_AUTO_TEST_CASE(a_refused_when_leaves_neither_events_nor_rows) {
  when(place(), ShipOrder{{id}, 1}, ShipOrder{{id}, 2}).then_fails<DomainError>();
  BOOST_TEST(events().empty());
  then_no_rows<OrderRecord>();
  when(place()).then<OrderPlaced>();
}

BOOST_AUTO_TEST_CASE(a_projector_is_tested_by_events_and_rows) {
  const AggregateId other = new_id();
  given<Order>(id, placed(), OrderNoted{"a"}, OrderNoted{"b"}).given<Order>(other, placed());
  then_rows<NoteRecord>({{id, "b"}, {id, "a"}});
  then_row(where(&OrderRecord::aggregate_id, other), {other, "Ann"});
  then_no_rows(where(&NoteRecord::aggregate_id, other));
  BOOST_TEST(rows<OrderRecord>().size() == 2U);
  BOOST_TEST(rows(where(&NoteRecord::text, "a")).size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_failing_projector_refuses_the_command) {
  script->projecting = [](const EventHeader&) { throw std::runtime_error{"no more paper"}; };
  when(place()).then_fails(ErrorCode::publish).then_fails<Error>([](const Error& error) {
    BOOST_TEST(has(error.what(), "no more paper"));
  });
  then_no_rows<OrderRecord>();
}

BOOST_AUTO_TEST_CASE(a_workflow_is_tested_by_events_and_commands) {
  at_each<OrderPaid>([&](const AnyEvent& e, Workflow& w) { w.execute(ShipOrder{{e.aggregate_id}, 2}, note("thanks")); });
  given<Order>(id, placed());
  when<Order>(id, paid())
      .then_commands(ShipOrder{{id}, 2}, note("thanks"))
      .then_commands<ShipOrder, NoteOrder>()
      .then(paid(), OrderShipped{{}, 2}, OrderNoted{"thanks"});
}

BOOST_AUTO_TEST_CASE(given_events_wake_no_workflow) {
  at_each<OrderPlaced>([&](const AnyEvent& e, Workflow& w) { w.execute(ShipOrder{{e.aggregate_id}, {}}); });
  given<Order>(id, placed(2000));
  BOOST_TEST(events().size() == 1U);
  BOOST_TEST(world().commands_so_far().empty());
}

BOOST_AUTO_TEST_CASE(commands_of_other_contexts_are_seen_though_nobody_handles_them) {
  at_each<OrderPlaced>([&](const AnyEvent& e, Workflow& w) { w.execute(elsewhere::Ring{{e.aggregate_id}}); });
  when(place()).then_commands(elsewhere::Ring{{id}}).then<OrderPlaced>();
}

BOOST_AUTO_TEST_CASE(after_commit_work_is_done_and_what_it_led_to_is_seen) {
  at_each<OrderPlaced>([&](const AnyEvent&, Workflow& w) {
    w.after_commit([this](CommandService& commands) { commands.execute(pay(7)); });
  });
  when(place()).then_commands(pay(7)).then(placed(), paid(7));
}

BOOST_AUTO_TEST_CASE(after_commit_work_that_fails_is_expected_or_fails_the_scenario) {
  at_each<OrderPlaced>([&](const AnyEvent&, Workflow& w) {
    w.after_commit([] { throw std::runtime_error{"the bell is broken"}; });
  });
  Outcome outcome = when(place());
  BOOST_TEST(has(complaint([&] { outcome.then<OrderPlaced>(); }), "ScriptedWorkflow failed: the bell is broken"));
  BOOST_TEST(has(complaint([&] { outcome.then_after_commit_fails("horn"); }), "the bell is broken"));
  outcome.then_after_commit_fails("bell").then<OrderPlaced>();
}

BOOST_AUTO_TEST_CASE(the_clock_stands_still_until_it_is_moved) {
  given<Order>(id, placed());
  clock().advance(std::chrono::hours{24});
  given(pay());
  BOOST_TEST(to_string(events()[0].header().created_at) == "2026-01-01T00:00:00.000Z");
  BOOST_TEST(to_string(events()[1].header().created_at) == "2026-01-02T00:00:00.000Z");
}

BOOST_AUTO_TEST_CASE(ids_are_the_same_in_each_run) {
  BOOST_TEST(uuid_text(id) == "00000000-0000-4000-8000-000000000001");
  BOOST_TEST(uuid_text(new_id()) == "00000000-0000-4000-8000-000000000002");
  BOOST_TEST(uuid_text(Ids::numbered(0x1234)) == "00000000-0000-4000-8000-000000001234");
}

BOOST_AUTO_TEST_CASE(each_scenario_begins_with_an_empty_store) {
  given(place());
  OrderScenario beside;
  BOOST_TEST(beside.events().empty());
  beside.then_no_rows<OrderRecord>();
  beside.when(beside.place()).then<OrderPlaced>();
  then_rows<OrderRecord>({{id, "Ann"}});
}

BOOST_AUTO_TEST_CASE(the_store_is_the_one_that_the_environment_names) {
  const char* wanted = std::getenv("SERIATIM_TEST_STORE");
  const bool postgres = wanted != nullptr && std::string_view{wanted} == "postgres";
  BOOST_TEST((world().store_kind() == (postgres ? StoreKind::postgres : StoreKind::memory)));
}

BOOST_AUTO_TEST_CASE(rows_of_a_table_that_nobody_manages_are_refused_by_name) {
  BOOST_CHECK_EXCEPTION((void)rows<elsewhere::Bell>(), Error,
                        [](const Error& error) { return has(error.what(), "manages table bells"); });
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(scenario_settings)

BOOST_AUTO_TEST_CASE(several_domains_share_a_world) {
  const auto script = std::make_shared<Script>();
  Domain empty{"empty"};
  Scenario scenario{{OrderScenario::domain(script), empty}};
  const AggregateId id = scenario.new_id();
  scenario.given<Order>(id, OrderScenario::placed()).when(NoteOrder{{.aggregate_id = id}, "n"}).then<OrderNoted>();
}

BOOST_AUTO_TEST_CASE(filters_see_commands_as_in_an_application) {
  Settings settings;
  settings.execution.filters.emplace_back([](AnyCommand& command) {
    if (command.type().name == PayOrder::type_name) throw DomainError{"not_allowed", "nobody may pay"};
  });
  OrderScenario scenario{std::make_shared<Script>(), std::move(settings)};
  scenario.given(scenario.place());
  scenario.when(scenario.pay()).then_fails<DomainError>();
}

BOOST_AUTO_TEST_CASE(a_thread_that_would_wait_for_itself_is_told) {
  OrderScenario scenario{std::make_shared<Script>(), Settings{.store = StoreKind::memory}};
  scenario.given(scenario.place());
  const auto look_again = [&](const void*) { (void)scenario.rows<NoteRecord>(); };
  BOOST_CHECK_EXCEPTION(scenario.world().visit_rows(record_type<OrderRecord>(), {}, look_again), Error, [](const Error& error) {
    return error.code() == ErrorCode::usage && has(error.what(), "another transaction of this thread");
  });
  scenario.then_no_rows<NoteRecord>();
}

BOOST_AUTO_TEST_CASE(a_domain_may_ask_for_memory_whatever_the_environment_says) {
  OrderScenario scenario{std::make_shared<Script>(), Settings{.store = StoreKind::memory}};
  BOOST_TEST((scenario.world().store_kind() == StoreKind::memory));
  BOOST_CHECK_EXCEPTION(scenario.world().commands().execute({}, {SqlStatement{"select 1", {}}}), Error,
                        [](const Error& error) { return has(error.what(), "run the test on PostgreSQL"); });
}

BOOST_AUTO_TEST_SUITE_END()
