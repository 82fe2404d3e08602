// Behaviour 12.3: what a test sees that fails.
#include "comparison.hpp"
#include "order_scenario.hpp"

using namespace seriatim;
using namespace seriatim::testing;
using namespace orders;

namespace {

/// Whether one line of the text has all these parts, in this order.
bool has_line(const std::string& text, const std::vector<std::string>& parts) {
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);) {
    std::size_t from = 0;
    bool all = true;
    for (const std::string& part : parts) {
      const std::size_t found = line.find(part, from);
      all = all && found != std::string::npos;
      from = all ? found + part.size() : from;
    }
    if (all) return true;
  }
  return false;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(failures, OrderScenario)

BOOST_AUTO_TEST_CASE(expected_and_actual_events_stand_side_by_side_and_what_differs_is_marked) {
  given(place());
  Outcome outcome = when(pay(5), note("n"));
  const std::string text = complaint([&] { outcome.then(paid(6), OrderNoted{"n"}); });
  BOOST_TEST(has_line(text, {"    expected", " | actual"}));
  BOOST_TEST(has_line(text, {"    Orders::OrderPaid", " | Orders::OrderPaid"}));
  BOOST_TEST(has_line(text, {"  !   amount: 6", " |   amount: 5"}));
  BOOST_TEST(has_line(text, {"      text: \"n\"", " |   text: \"n\""}));
}

BOOST_AUTO_TEST_CASE(a_missing_event_does_not_shift_those_behind_it) {
  given(place());
  Outcome outcome = when(note("n"));
  const std::string text = complaint([&] { outcome.then(paid(5), OrderNoted{"n"}); });
  BOOST_TEST(has_line(text, {"  ! Orders::OrderPaid", " | (nothing)"}));
  BOOST_TEST(has_line(text, {"    Orders::OrderNoted", " | Orders::OrderNoted"}));
}

BOOST_AUTO_TEST_CASE(an_event_too_many_is_shown_with_its_aggregate) {
  Outcome outcome = when(place());
  const std::string text = complaint([&] { outcome.then_nothing(); });
  BOOST_TEST(has_line(text, {"  ! (nothing)", " | Orders::OrderPlaced of 00000000-0000-4000-8000-000000000001"}));
  BOOST_TEST(has_line(text, {"customer: \"Ann\""}));
}

BOOST_AUTO_TEST_CASE(an_event_of_another_aggregate_shows_both_ids) {
  Outcome outcome = when(place());
  const std::string text = complaint([&] { outcome.then(at(new_id(), placed())); });
  BOOST_TEST(has_line(text, {"  ! Orders::OrderPlaced of 00000000-0000-4000-8000-000000000002", " | ",
                             "of 00000000-0000-4000-8000-000000000001"}));
}

BOOST_AUTO_TEST_CASE(an_unexpected_refusal_and_an_unexpected_success_say_what_happened) {
  Outcome refused = when(pay());
  BOOST_TEST(has(complaint([&] { refused.then<OrderPaid>(); }), "refused by seriatim::Error: there is no Orders::Order"));
  BOOST_TEST(has(complaint([&] { refused.then_nothing(); }), "success without events expected"));
  BOOST_TEST(has(complaint([&] { refused.then_fails<DomainError>(); }), "seriatim::DomainError, but it was by seriatim::Error"));
  BOOST_TEST(has(complaint([&] { refused.then_fails(ErrorCode::domain); }), "but it was by aggregate_not_found"));
  Outcome succeeded = when(place());
  BOOST_TEST(has(complaint([&] { succeeded.then_fails<DomainError>(); }), "but it succeeded with these events"));
  BOOST_TEST(has(complaint([&] { succeeded.then_fails(ErrorCode::domain); }), "but it succeeded with 1 events"));
}

BOOST_AUTO_TEST_CASE(validation_errors_stand_side_by_side) {
  PlaceOrder command = place();
  command.customer = "";
  Outcome outcome = when(command);
  const std::string text = complaint([&] { outcome.then_invalid({{"customer", "too_short"}}); });
  BOOST_TEST(has_line(text, {"  !   customer: too_short", " |   customer: blank"}));
}

BOOST_AUTO_TEST_CASE(rows_that_differ_stand_side_by_side_and_the_others_are_left_out) {
  given<Order>(id, placed(), OrderNoted{"a"}, OrderNoted{"b"}, OrderNoted{"c"});
  const std::string text = complaint([&] { then_rows<NoteRecord>({{id, "a"}, {id, "x"}}); });
  BOOST_TEST(has(text, "2 expected, 3 there"));
  BOOST_TEST(has_line(text, {"  !   text: \"x\"", " |   text: \"b\""}));
  BOOST_TEST(has_line(text, {"  ! (nothing)", " | row of note_records"}));
  BOOST_TEST(!has(text, "\"a\""));
  BOOST_TEST(has(complaint([&] { then_no_rows<NoteRecord>(); }), "0 expected, 3 there"));
}

BOOST_AUTO_TEST_CASE(commands_that_differ_stand_side_by_side) {
  at_each<OrderPlaced>([&](const AnyEvent&, Workflow& w) { w.execute(pay(5)); });
  Outcome outcome = when(place());
  const std::string text = complaint([&] { outcome.then_commands(pay(6)); });
  BOOST_TEST(has_line(text, {"  !   amount: 6", " |   amount: 5"}));
  BOOST_TEST(!has(text, "created_at"), "what is left open is not shown: " << text);
  BOOST_TEST(has_line(complaint([&] { outcome.then_no_commands(); }), {"(nothing)", " | Orders::PayOrder"}));
}

BOOST_AUTO_TEST_CASE(a_failure_knows_where_the_when_stands) {
  Outcome outcome = when(place());
  const int line = __LINE__ - 1;
  try {
    outcome.then_nothing();
    BOOST_ERROR("the kit is content");
  } catch (const Failure& failure) {
    BOOST_TEST(has(failure.location().file, "failure_test.cpp"));
    BOOST_TEST(failure.location().line == line);
  }
}

BOOST_AUTO_TEST_CASE(a_reporter_that_returns_lets_the_test_go_on) {
  std::vector<std::string> told;
  set_reporter([&](const Failure& failure) { told.emplace_back(failure.what()); });
  when(place()).then_nothing().then<OrderPaid>();
  then_no_rows<OrderRecord>();
  set_reporter({});
  BOOST_TEST(told.size() == 3U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(comparison)

BOOST_AUTO_TEST_CASE(lines_that_differ_are_red_where_colours_are_wanted) {
  const std::vector<SheetPair> pairs{{Sheet{"a", {{"x", "1"}}}, Sheet{"a", {{"x", "2"}}}, false}};
  BOOST_TEST(side_by_side(pairs, false) == "    expected | actual\n    a        | a\n  !   x: 1   |   x: 2\n");
  BOOST_TEST(side_by_side(pairs, true) ==
             "    expected | actual\n    a        | a\n\x1b[31m  !   x: 1   |   x: 2\x1b[0m\n");
}

BOOST_AUTO_TEST_CASE(colours_are_for_terminals_that_have_them_unless_no_color_is_set) {
  BOOST_TEST(wants_colours(true, nullptr, "xterm"));
  BOOST_TEST(wants_colours(true, "", "xterm"));
  BOOST_TEST(!wants_colours(true, "1", "xterm"));
  BOOST_TEST(!wants_colours(true, nullptr, "dumb"));
  BOOST_TEST(!wants_colours(true, nullptr, nullptr));
  BOOST_TEST(!wants_colours(false, nullptr, "xterm"));
}

BOOST_AUTO_TEST_CASE(columns_are_as_wide_as_what_is_seen_of_a_text) {
  const std::vector<SheetPair> pairs{{Sheet{"Zoë Müller"}, Sheet{"b"}, false}, {Sheet{"Zoe Miller"}, Sheet{"b"}, false}};
  BOOST_TEST(side_by_side(pairs, false) == "    expected   | actual\n  ! Zoë Müller | b\n  ! Zoe Miller | b\n");
}

BOOST_AUTO_TEST_SUITE_END()
