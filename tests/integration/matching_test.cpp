// Behaviour 6.2 and 8: which events reach a handler, and what is refused when handlers are registered.
#include <boost/test/unit_test.hpp>

#include "core/registry.hpp"
#include "paths.hpp"
#include "support/order_store.hpp"
#include "support/program.hpp"

using namespace seriatim;
using namespace seriatim::testing;
using namespace orders;

namespace {

using Log = std::vector<std::string>;

/// A workflow whose matchers a test gives it, and which notes what reaches it.
struct Probe {
  static constexpr std::string_view type_name = "Probe";
  std::shared_ptr<Log> log = std::make_shared<Log>();
  std::vector<WorkflowHandler> handlers{};

  [[nodiscard]] std::vector<WorkflowHandler> matches() const { return handlers; }
  void any(const AnyEvent& e, Workflow&) const { log->push_back(short_name(e.type_name())); }
  void other(const AnyEvent& e, Workflow&) const { log->push_back("other:" + short_name(e.type_name())); }
  void movement(const Event<Movement>& e, Workflow&) const { log->push_back(describe(e.data)); }
  void placed(const Event<OrderPlaced>& e, Workflow&) const { log->push_back(e->customer); }

  static std::string short_name(std::string_view type) {
    return std::string{type.substr(std::string_view{"Orders::Order"}.size())};
  }
};

/// Its C++ base is not in its description, which the compiler does not tell of a struct with constructors.
struct Undescribed : Movement {
  Undescribed() = default;
  static constexpr std::string_view type_name = "Orders::Undescribed";
};
BOOST_DESCRIBE_STRUCT(Undescribed, (), ())

struct Twice {
  static constexpr std::string_view type_name = "Twice";
  using Events = types<OrderPaid, OrderShipped, OrderPaid>;
  void on(const Event<OrderPaid>&, Workflow&) const {}
  void on(const Event<OrderShipped>&, Workflow&) const {}
};

struct TwiceProjector {
  static constexpr std::string_view type_name = "TwiceProjector";
  using Manages = records<OrderRecord>;
  using Events = types<OrderPlaced, OrderPlaced>;
  void on(const Event<OrderPlaced>&, Views&) const {}
};

/// Both forms in one workflow.
struct Mixed {
  static constexpr std::string_view type_name = "Mixed";
  using Events = types<OrderPaid>;
  std::shared_ptr<Log> log = std::make_shared<Log>();
  static std::vector<WorkflowHandler> matches() { return {on_any()}; }
  static WorkflowHandler on_any() { return seriatim::on(&Mixed::any, any_event()); }
  void on(const Event<OrderPaid>&, Workflow&) const { log->push_back("paid"); }
  void any(const AnyEvent&, Workflow&) const { log->push_back("any"); }
};

struct Fixture {
  Fixture() {
    options.database_url = shared_cluster().create_database();
    Database{options}.create({domain()});
  }

  static Domain domain() {
    Domain made{"orders"};
    orders::fill(made, std::make_shared<Script>());
    return made;
  }
  template <class W>
  std::unique_ptr<Application> application(W workflow) {
    Domain made = domain();
    made.workflow(std::move(workflow));
    return std::make_unique<Application>(options, std::vector<Domain>{made});
  }

  /// What reaches handlers like these of one order's life: placed for 20 with a fee of 3 EUR, paid 100, shipped as 2
  /// parcels, noted.
  std::string seen(std::vector<WorkflowHandler> handlers) {
    Probe probe{std::make_shared<Log>(), std::move(handlers)};
    const auto log = probe.log;
    const auto app = application(std::move(probe));
    const Uuid id = new_uuid();
    app->commands().execute(PlaceOrder{{.aggregate_id = id}, 20, "Ann", Money{3, "EUR"}},
                            PayOrder{{.aggregate_id = id}, 100}, ShipOrder{{.aggregate_id = id}, 2},
                            NoteOrder{{.aggregate_id = id}, "n"});
    std::string text;
    for (const std::string& line : *log) text += (text.empty() ? "" : " ") + line;
    return text;
  }
  template <class... Ms>
  std::string seen_by(const Ms&... matchers) {
    return seen({on(&Probe::any, matchers...)});
  }
  /// Why the registration is refused.
  std::string refusal(std::vector<WorkflowHandler> handlers) {
    return refusal_of([&] { (void)application(Probe{std::make_shared<Log>(), std::move(handlers)}); });
  }
  template <class Make>
  static std::string refusal_of(Make&& make) {
    std::string message;
    BOOST_CHECK((code_of(std::forward<Make>(make), &message) == ErrorCode::configuration));
    BOOST_TEST_MESSAGE(message);
    return message;
  }

  Options options;
};

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

BOOST_FIXTURE_TEST_SUITE(matching, Fixture)

BOOST_AUTO_TEST_CASE(a_handler_takes_exactly_one_type_or_several) {
  BOOST_TEST(seen_by(exact<OrderPaid>()) == "Paid");
  BOOST_TEST(seen_by(exact<OrderNoted>(), exact<OrderPlaced>()) == "Placed Noted");
  BOOST_TEST(seen({on(&Probe::placed, exact<OrderPlaced>())}) == "Ann");
}

BOOST_AUTO_TEST_CASE(a_handler_takes_all_types_derived_from_a_base_and_sees_the_base_of_them) {
  BOOST_TEST(seen_by(is_a<Movement>()) == "Placed Paid");
  // A base that only marks, and that is not the first one.
  BOOST_TEST(seen_by(is_a<Audited>()) == "Paid Shipped");
  BOOST_TEST(seen_by(is_a<OrderNoted>()) == "Noted");
  BOOST_TEST(seen({on(&Probe::movement, is_a<Movement>())}) ==
             R"({amount: 20, fee: {amount: 3, currency: "EUR"}} {amount: 100, fee: none})");
}

BOOST_AUTO_TEST_CASE(a_handler_takes_any_event_with_its_header_name_json_and_text) {
  BOOST_TEST(seen_by(any_event()) == "Placed Paid Shipped Noted");
  const EventHeader header{new_uuid(), 7, Timestamp{}};
  const OrderPaid paid{{}, {5, {}}};
  const AnyEvent any{header, message_type<OrderPaid>(), &paid};
  BOOST_TEST(any.aggregate_id == header.aggregate_id);
  BOOST_TEST(any.sequence_number == 7);
  BOOST_TEST(any.type_name() == "Orders::OrderPaid");
  BOOST_TEST(any.to_json() == R"({"amount":"5","fee":null})");
  BOOST_TEST(has(any.describe(), "amount: 5"));
  BOOST_TEST(any.get<OrderPaid>() == &paid);
  BOOST_TEST(any.get<Movement>() == static_cast<const Movement*>(&paid));
  BOOST_TEST(any.get<OrderPlaced>() == nullptr);
}

BOOST_AUTO_TEST_CASE(listed_types_are_left_out_of_any_and_of_a_base) {
  BOOST_TEST(seen_by(any_event().except<OrderPaid, OrderNoted>()) == "Placed Shipped");
  BOOST_TEST(seen_by(any_event().except_is_a<Movement>()) == "Shipped Noted");
  BOOST_TEST(seen_by(is_a<Movement>().except<OrderPlaced>()) == "Paid");
  BOOST_TEST(seen_by(is_a<Movement>().except_is_a<Audited>()) == "Placed");
}

BOOST_AUTO_TEST_CASE(conditions_compare_attributes) {
  BOOST_TEST(seen_by(is_a<Movement>().where(&Movement::amount, equal_to(20))) == "Placed");
  BOOST_TEST(seen_by(is_a<Movement>().where(&Movement::amount, other_than(20))) == "Paid");
  BOOST_TEST(seen_by(is_a<Movement>().where(&Movement::amount, greater_than(20))) == "Paid");
  BOOST_TEST(seen_by(is_a<Movement>().where(&Movement::amount, greater_than_or_equal_to(20))) == "Placed Paid");
  BOOST_TEST(seen_by(is_a<Movement>().where(&Movement::amount, less_than(100))) == "Placed");
  BOOST_TEST(seen_by(is_a<Movement>().where(&Movement::amount, less_than_or_equal_to(100))) == "Placed Paid");
  BOOST_TEST(seen_by(exact<OrderPlaced>().where(&OrderPlaced::customer, equal_to("Ann"))) == "Placed");
  BOOST_TEST(seen_by(exact<OrderPlaced>().where(&OrderPlaced::customer, equal_to("Bob"))) == "");
}

BOOST_AUTO_TEST_CASE(conditions_reach_into_nested_attributes_and_what_is_absent_is_only_other_than_a_bound) {
  BOOST_TEST(seen_by(is_a<Movement>().where(&Movement::fee, &Money::amount, less_than(10))) == "Placed");
  BOOST_TEST(seen_by(is_a<Movement>().where(&Movement::fee, &Money::currency, equal_to("USD"))) == "");
  BOOST_TEST(seen_by(is_a<Movement>().where(&Movement::fee, &Money::currency, other_than("EUR"))) == "Paid");
  BOOST_TEST(seen_by(exact<OrderShipped>().where(&OrderShipped::parcels, greater_than(1))) == "Shipped");
  BOOST_TEST(seen_by(is_a<Movement>().where(&Movement::fee, [](const std::optional<Money>& fee) {
               return !fee.has_value();
             })) == "Paid");
  BOOST_TEST(seen_by(is_a<Movement>().where(&Movement::fee, [](const Money& fee) { return fee.amount == 3; })) == "Placed");
}

BOOST_AUTO_TEST_CASE(conditions_may_be_functions_of_the_whole_event_and_all_of_them_must_hold) {
  BOOST_TEST(seen_by(is_a<Movement>().where([](const Movement& m) { return m.amount > 50; })) == "Paid");
  BOOST_TEST(seen_by(any_event().where([](const AnyEvent& e) { return e.sequence_number > 2; })) == "Shipped Noted");
  BOOST_TEST(seen_by(is_a<Movement>().where(&Movement::amount, greater_than(10)).where(&Movement::amount, less_than(50))) ==
             "Placed");
}

BOOST_AUTO_TEST_CASE(a_handler_that_an_event_matches_twice_runs_once) {
  BOOST_TEST(seen_by(is_a<Movement>(), exact<OrderPaid>(), any_event().where([](const AnyEvent&) { return true; })) ==
             "Placed Paid Shipped Noted");
  BOOST_TEST(seen_by(is_a<Movement>().where(&Movement::amount, greater_than(1)),
                     exact<OrderPaid>().where(&Movement::amount, greater_than(2))) == "Placed Paid");
}

BOOST_AUTO_TEST_CASE(several_handlers_of_an_event_run_in_the_order_registered) {
  BOOST_TEST(seen({on(&Probe::other, any_event()), on(&Probe::any, exact<OrderPaid>())}) ==
             "other:Placed other:Paid Paid other:Shipped other:Noted");
  Mixed mixed;
  const auto log = mixed.log;
  const auto app = application(std::move(mixed));
  const Uuid id = new_uuid();
  app->commands().execute(PlaceOrder{{.aggregate_id = id}, 20, "Ann", {}}, PayOrder{{.aggregate_id = id}, 1});
  BOOST_TEST(*log == (Log{"any", "paid", "any"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(duplicate_registrations_are_refused_at_start_up) {
  BOOST_TEST(has(refusal({on(&Probe::any, exact<OrderPaid>()), on(&Probe::any, exact<OrderShipped>())}),
                 "workflow Probe registers one function twice"));
  BOOST_TEST(has(refusal({on(&Probe::any, is_a<Movement>(), is_a<Movement>())}), "the same matcher twice"));
  BOOST_TEST(has(refusal_of([&] { (void)application(Twice{}); }), "workflow Twice registers one function twice"));
  BOOST_TEST(has(refusal_of([&] { core::Registry{{domain().workflow<Mixed>().workflow<Mixed>()}}; }),
                 "two workflows are named \"Mixed\""));
  BOOST_TEST(has(refusal_of([&] { core::Registry{{domain().handler<OrderCommandHandler>()}}; }),
                 "is registered twice for \"Orders::PlaceOrder\""));
  BOOST_TEST(has(refusal_of([&] { core::Registry{{Domain{"twice"}.projector<TwiceProjector>()}}; }),
                 "projector TwiceProjector lists event \"Orders::OrderPlaced\" twice"));
}

BOOST_AUTO_TEST_CASE(a_base_that_the_description_of_an_event_lacks_is_refused_at_start_up) {
  BOOST_TEST(has(refusal({on(&Probe::movement, exact<Undescribed>())}),
                 "name that base in the event's BOOST_DESCRIBE_STRUCT"));
}

BOOST_AUTO_TEST_CASE(options_of_handlers_are_run_when_the_application_is_put_together) {
  std::string told;
  const HandlerOption option = [&](const HandlerRegistration& handler) {
    told += std::string{handler.workflow} + ":";
    for (const std::string_view type : handler.event_types) told += " " + Probe::short_name(type);
  };
  BOOST_TEST(seen({on(&Probe::any, is_a<Audited>()).with(option)}) == "Paid Shipped");
  BOOST_TEST(told == "Probe: Paid Shipped");
  BOOST_TEST(has(refusal({on(&Probe::any, any_event()).with([](const HandlerRegistration&) {
                   throw std::runtime_error{"no permission is declared"};
                 })}),
                 "workflow Probe is refused by an option of one of its handlers: no permission is declared"));
}

BOOST_AUTO_TEST_CASE(exact_types_and_types_of_a_base_are_resolved_at_registration_into_the_table_by_type) {
  const core::Registry registry{{domain().workflow(
      Probe{std::make_shared<Log>(),
            {on(&Probe::any, is_a<Movement>()),
             on(&Probe::other, exact<OrderNoted>().where(&OrderNoted::text, equal_to("n")))}})}};
  const auto& paid = registry.events()[registry.event("Orders::OrderPaid")].workflows;
  const auto& noted = registry.events()[registry.event("Orders::OrderNoted")].workflows;
  BOOST_TEST(registry.events()[registry.event("Orders::OrderShipped")].workflows.empty());
  BOOST_REQUIRE(paid.size() == 1U);
  BOOST_TEST(paid[0].conditional.empty());
  BOOST_REQUIRE(noted.size() == 1U);
  BOOST_TEST(noted[0].conditional.size() == 1U);
}

BOOST_AUTO_TEST_CASE(aggregates_fold_and_handlers_take_a_base_by_an_overload_for_it) {
  const auto app = application(Mixed{});
  const Uuid id = new_uuid();
  app->commands().execute(PlaceOrder{{.aggregate_id = id}, 20, "Ann", {}}, PayOrder{{.aggregate_id = id}, 100});
  BOOST_TEST(app->events().show(id, std::nullopt).state_json == R"({"moved":"120","shipped":false})");
}

BOOST_AUTO_TEST_CASE(a_projector_that_matches_other_than_exact_types_does_not_compile) {
  const std::string correct = R"(
    #include "seriatim/workflow.hpp"
    struct Noted { static constexpr std::string_view type_name = "Noted"; };
    BOOST_DESCRIBE_STRUCT(Noted, (), ())
    struct Row { static constexpr std::string_view table = "rows"; int n = 0; };
    BOOST_DESCRIBE_STRUCT(Row, (), (n))
    struct P {
      static constexpr std::string_view type_name = "P";
      using Manages = seriatim::records<Row>;
      using Events = seriatim::types<Noted>;
      void on(const seriatim::Event<Noted>&, seriatim::Views&) const {}
      //
    };
    auto p = seriatim::projector_type<P>({});
  )";
  std::string wrong = correct;
  wrong.replace(wrong.find("//"), 2, "static int matches() { return 0; }");
  const auto compile = [](const std::string& source) {
    return run_program({{SERIATIM_CXX, "-std=c++20", "-fsyntax-only", "-I", SERIATIM_SOURCE_DIR "/framework/include",
                         "-x", "c++", "-"},
                        "."},
                       source);
  };
  BOOST_TEST(compile(correct).exit_code == 0);
  const ProgramResult refused = compile(wrong);
  BOOST_TEST(refused.exit_code != 0);
  BOOST_TEST(has(refused.errors, "a projector handles exact event types only, because a rebuild selects events by their "
                                 "type"));
}

BOOST_AUTO_TEST_SUITE_END()
