#include "seriatim/validation.hpp"

#include <boost/test/unit_test.hpp>

namespace validation_test {

using seriatim::AttributeError;
using seriatim::AttributeErrors;
using seriatim::Decimal;
using seriatim::Secret;
using seriatim::Validation;
using namespace seriatim::literals;

const seriatim::AggregateId some_id = seriatim::parse_uuid("16c83c6b-6dc5-4b3e-a4c4-0a1a4e4d8b6f").value();

enum class Size { small, large };
BOOST_DESCRIBE_ENUM(Size, small, large)

/// What a test wants validated; the checks come from the test, too.
struct Subject : seriatim::Command {
  static constexpr std::string_view type_name = "Test::Subject";
  std::string text;
  std::optional<std::string> maybe_text;
  std::string other_text;
  std::int32_t number = 0;
  std::optional<std::int64_t> maybe_number;
  double real = 0;
  Decimal exact;
  bool flag = false;
  std::optional<bool> maybe_flag;
  seriatim::Date first{std::chrono::year{2000} / 1 / 1};
  std::optional<seriatim::Date> last;
  seriatim::Uuid reference{};
  Size size = Size::small;
  Secret password;
  std::optional<Secret> password_again;
  std::vector<std::string> words;
  std::vector<std::int32_t> numbers;
  int undescribed = 0;
  Subject() {}  // Of a struct without constructors, the compiler would tell that a member is not described.
};
BOOST_DESCRIBE_STRUCT(Subject, (seriatim::Command),
                      (text, maybe_text, other_text, number, maybe_number, real, exact, flag, maybe_flag, first, last,
                       reference, size, password, password_again, words, numbers))

/// "text: blank; number: odd" of the errors that `checks` finds in a subject.
template <class Checks>
std::string codes(const Subject& subject, Checks&& checks) {
  AttributeErrors errors;
  Validation validation{seriatim::attributes::type_of<Subject>, &subject, errors, "", ""};
  checks(validation);
  std::string out;
  for (const auto& [path, list] : errors) {
    for (const AttributeError& error : list) out += (out.empty() ? "" : "; ") + path + ": " + error.code;
  }
  return out;
}

template <class Change, class Checks>
std::string codes_with(Change&& change, Checks&& checks) {
  Subject subject;
  change(subject);
  return codes(subject, checks);
}

/// The message of the one error that `checks` finds.
template <class Checks>
std::string message(const Subject& subject, Checks&& checks) {
  AttributeErrors errors;
  Validation validation{seriatim::attributes::type_of<Subject>, &subject, errors, "", ""};
  checks(validation);
  BOOST_REQUIRE(errors.size() == 1U);
  return errors.begin()->second.front().message;
}

/// Adding a validation of one's own: one function.
std::optional<AttributeError> shouting(const std::string& text) {
  if (text.find('!') != std::string::npos) return std::nullopt;
  return AttributeError{"not_loud", "does not shout"};
}

// Nested structs.

struct City {
  std::string name;
  std::string zip;
};
BOOST_DESCRIBE_STRUCT(City, (), (name, zip))
void validate(const City&, Validation& v) {
  static const seriatim::Pattern zip{"[0-9]{4} ?[A-Z]{2}"};
  v.presence(&City::name);
  v.on("delivery", [&] { v.format(&City::zip, zip); });
}

struct Address {
  std::string street;
  City city;
};
BOOST_DESCRIBE_STRUCT(Address, (), (street, city))  // Without validations of its own.

struct Line {
  Decimal amount;
  std::optional<std::int32_t> pieces;
};
BOOST_DESCRIBE_STRUCT(Line, (), (amount, pieces))
void validate(const Line& line, Validation& v) {
  v.numericality(&Line::amount).greater_than(0);
  v.numericality(&Line::pieces).greater_than(0);
  if (line.amount > 1000 && !line.pieces) v.add_error("", "incomplete", "is incomplete");
}

struct Audited {
  std::string who;
};
BOOST_DESCRIBE_STRUCT(Audited, (), (who))

struct Order : seriatim::Command, Audited {
  static constexpr std::string_view type_name = "Test::Order";
  Address address;
  std::vector<Line> lines;
  std::optional<Address> other_address;
  std::vector<std::optional<Line>> more_lines;
};
BOOST_DESCRIBE_STRUCT(Order, (seriatim::Command, Audited), (address, lines, other_address, more_lines))
void validate(const Order&, Validation& v) {
  v.presence(&Audited::who);
  v.presence(&Order::lines);
}

struct Deliver : Order {
  static constexpr std::string_view type_name = "Test::Deliver";
  static constexpr std::string_view validation_context = "delivery";
};
BOOST_DESCRIBE_STRUCT(Deliver, (Order), ())

std::string paths(const AttributeErrors& errors) {
  std::string out;
  for (const auto& [path, list] : errors) out += path + " ";
  return out;
}

template <class C>
C valid_order() {
  C order;
  order.aggregate_id = some_id;
  order.who = "Ann";
  order.address = {"Main", {"Utrecht", "3511 AB"}};
  order.lines = {{1, 1}};
  return order;
}

}  // namespace validation_test

using namespace validation_test;

BOOST_AUTO_TEST_SUITE(validation)

BOOST_AUTO_TEST_CASE(presence_wants_something_that_is_not_blank) {
  const auto check = [](Validation& v) {
    v.presence(&Subject::text);
    v.presence(&Subject::maybe_text);
    v.presence(&Subject::maybe_number);
    v.presence(&Subject::reference);
    v.presence(&Subject::password);
    v.presence(&Subject::words);
    v.presence(&Subject::aggregate_id);
    v.presence(&Subject::number);
  };
  BOOST_TEST(codes_with([](Subject& s) { s.text = " \t\n"; s.maybe_text = ""; }, check) ==
             "aggregate_id: blank; maybe_number: blank; maybe_text: blank; password: blank; reference: blank; "
             "text: blank; words: empty");
  BOOST_TEST(codes_with(
                 [](Subject& s) {
                   s.aggregate_id = s.reference = some_id;
                   s.text = "a";
                   s.maybe_text = " b";
                   s.maybe_number = 0;
                   s.password = Secret{" "};
                   s.words = {""};
                 },
                 check) == "");
  BOOST_TEST(message(Subject{}, [](Validation& v) { v.presence(&Subject::words); }) == "must not be empty");
}

BOOST_AUTO_TEST_CASE(length_counts_characters_of_texts_and_secrets_and_elements_of_lists) {
  const auto check = [](Validation& v) {
    v.length(&Subject::text, 2, 3);
    v.length(&Subject::maybe_text, {.is = 2});
    v.length(&Subject::password, {.min = 8});
    v.length(&Subject::words, {.min = 1, .max = 2});
  };
  BOOST_TEST(codes_with([](Subject& s) { s.text = "a"; s.maybe_text = "a"; s.password = Secret{"short"}; }, check) ==
             "maybe_text: wrong_length; password: too_short; text: too_short; words: too_few");
  BOOST_TEST(codes_with([](Subject& s) { s.text = "漢字です"; s.maybe_text = "abc"; s.words = {"", "", ""};
                                         s.password = Secret{"longer password"}; }, check) ==
             "maybe_text: wrong_length; text: too_long; words: too_many");
  BOOST_TEST(codes_with([](Subject& s) { s.text = "漢字で"; s.maybe_text = "éé"; s.password = Secret{"longer password"}; s.words = {""}; },
                        check) == "");
  BOOST_TEST(message(Subject{}, [](Validation& v) { v.length(&Subject::text, {.is = 2}); }) == "must have 2 characters");
}

BOOST_AUTO_TEST_CASE(an_empty_secret_is_too_short_and_so_is_one_that_was_wiped) {
  static const seriatim::Pattern with_a_digit{".*[0-9].*"};
  const auto check = [](Validation& v) {
    v.length(&Subject::password, {.min = 8});
    v.format(&Subject::password, with_a_digit);
  };
  BOOST_TEST(codes_with([](Subject& s) { s.password = Secret{}; }, check) == "password: too_short; password: invalid");
  Subject refused;
  refused.password = Secret{"secret number 1"};
  BOOST_TEST(codes(refused, check) == "");
  refused.password.wipe();
  BOOST_TEST(codes(refused, check) == "password: too_short; password: invalid");
  Subject tried_again;
  tried_again.password = Secret{"secret number 1"};
  tried_again.password.hash(Secret::min_cost);
  BOOST_TEST(codes(tried_again, check) == "");
}

BOOST_AUTO_TEST_CASE(numericality_compares_integers_doubles_and_decimals) {
  Subject subject;
  subject.number = 5;
  subject.real = 2.5;
  subject.exact = "2.50"_decimal;
  const auto all = [](Validation::Number number, const Decimal& bound) {
    number.greater_than(bound).greater_than_or_equal_to(bound).less_than(bound).less_than_or_equal_to(bound).equal_to(bound).other_than(bound);
  };
  BOOST_TEST(codes(subject, [&](Validation& v) { all(v.numericality(&Subject::number), 5); }) ==
             "number: greater_than; number: less_than; number: other_than");
  BOOST_TEST(codes(subject, [&](Validation& v) { all(v.numericality(&Subject::exact), "2.5"_decimal); }) ==
             "exact: greater_than; exact: less_than; exact: other_than");
  BOOST_TEST(codes(subject, [&](Validation& v) { all(v.numericality(&Subject::real), 3); }) ==
             "real: greater_than; real: greater_than_or_equal_to; real: equal_to");
  BOOST_TEST(codes(subject, [&](Validation& v) { all(v.numericality(&Subject::number), 4); }) ==
             "number: less_than; number: less_than_or_equal_to; number: equal_to");
  BOOST_TEST(message(subject, [](Validation& v) { v.numericality(&Subject::exact).less_than("2.5"_decimal); }) ==
             "must be less than 2.5");
}

BOOST_AUTO_TEST_CASE(numericality_knows_integers_odd_and_even_numbers) {
  const auto check = [](Validation& v) {
    v.numericality(&Subject::exact).only_integer().odd();
    v.numericality(&Subject::real).only_integer().even();
    v.numericality(&Subject::number).odd();
    v.numericality(&Subject::maybe_number).even();
  };
  const auto with = [&](Decimal exact, double real, std::int32_t number, std::optional<std::int64_t> maybe) {
    return codes_with([&](Subject& s) { s.exact = exact; s.real = real; s.number = number; s.maybe_number = maybe; }, check);
  };
  BOOST_TEST(with("3.00"_decimal, -2, -7, INT64_MIN) == "");
  BOOST_TEST(with("3.5"_decimal, 0.5, 0, 1) ==
             "exact: not_an_integer; exact: odd; maybe_number: even; number: odd; real: not_an_integer; real: even");
  BOOST_TEST(with("99999999999999999999999999999999999999"_decimal, 4, 1, {}) == "");
  BOOST_TEST(with("-99999999999999999999999999999999999998"_decimal, 3, 1, {}) == "exact: odd; real: even");
}

BOOST_AUTO_TEST_CASE(an_empty_optional_passes_every_check_but_presence) {
  static const seriatim::Pattern none{"x"};
  BOOST_TEST(codes(Subject{}, [](Validation& v) {
               v.numericality(&Subject::maybe_number).greater_than(0).equal_to(5).other_than(7).odd().only_integer();
               v.length(&Subject::maybe_text, {.min = 1});
               v.format(&Subject::maybe_text, none);
               v.inclusion(&Subject::maybe_number, {1, 2});
               v.comparison(&Subject::last).greater_than(&Subject::first);
               v.confirmation(&Subject::password, &Subject::password_again);
             }) == "");
}

BOOST_AUTO_TEST_CASE(format_wants_the_whole_text_to_match) {
  static const seriatim::Pattern zip{"[0-9]{4} ?[A-Z]{2}"};
  const auto check = [](Validation& v) {
    v.format(&Subject::text, zip);
    v.format(&Subject::password, zip);
  };
  const auto with = [&](const char* text) {
    return codes_with([&](Subject& s) { s.text = text; s.password = Secret{text}; }, check);
  };
  BOOST_TEST(with("3511 AB") == "");
  BOOST_TEST(with("3511 ABC") == "password: invalid; text: invalid");
  BOOST_TEST(with("x3511AB") == "password: invalid; text: invalid");
  BOOST_TEST(with("3511AB\nx") == "password: invalid; text: invalid");
}

BOOST_AUTO_TEST_CASE(an_expression_that_would_take_for_ever_refuses_the_text_instead) {
  const seriatim::Pattern slow{"(a*)*(b|a*)*c"};
  BOOST_TEST(!slow.matches(std::string(2000, 'a')));
  BOOST_TEST(!seriatim::Pattern{"(x|y)*"}.matches(std::string(500'000, 'x') + "z"));
  BOOST_TEST(seriatim::Pattern{"[xy]*"}.matches(std::string(500'000, 'x')));
  BOOST_CHECK_EXCEPTION(seriatim::Pattern{"(("}, seriatim::Error,
                        [](const seriatim::Error& e) { return e.code() == seriatim::ErrorCode::usage; });
}

BOOST_AUTO_TEST_CASE(inclusion_and_exclusion_look_into_a_list) {
  const auto check = [](Validation& v) {
    v.inclusion(&Subject::text, {"a", "b"});
    v.exclusion(&Subject::other_text, {"root", "admin"});
    v.inclusion(&Subject::exact, {1, "2.5"_decimal});
    v.inclusion(&Subject::size, {Size::large});
    v.exclusion(&Subject::maybe_number, std::vector<std::int64_t>{13});
  };
  BOOST_TEST(codes_with([](Subject& s) { s.text = "c"; s.other_text = "root"; s.exact = 2; s.maybe_number = 13; }, check) ==
             "exact: inclusion; maybe_number: exclusion; other_text: exclusion; size: inclusion; text: inclusion");
  BOOST_TEST(codes_with([](Subject& s) { s.text = "b"; s.exact = "2.50"_decimal; s.size = Size::large; s.maybe_number = 12; },
                        check) == "");
}

BOOST_AUTO_TEST_CASE(acceptance_wants_a_yes) {
  const auto check = [](Validation& v) {
    v.acceptance(&Subject::flag);
    v.acceptance(&Subject::maybe_flag);
  };
  BOOST_TEST(codes(Subject{}, check) == "flag: accepted; maybe_flag: accepted");
  BOOST_TEST(codes_with([](Subject& s) { s.flag = true; s.maybe_flag = true; }, check) == "");
}

BOOST_AUTO_TEST_CASE(confirmation_wants_the_same_twice_of_secrets_too) {
  const auto check = [](Validation& v) {
    v.confirmation(&Subject::password, &Subject::password_again);
    v.confirmation(&Subject::text, &Subject::other_text);
  };
  Subject subject;
  subject.text = "ann@example.org";
  subject.other_text = "anne@example.org";
  subject.password = Secret{"secret one"};
  subject.password_again = Secret{"secret two"};
  BOOST_TEST(codes(subject, check) == "other_text: confirmation; password_again: confirmation");
  subject.other_text = subject.text;
  BOOST_TEST(message(subject, check) == "does not match password");
  subject.password_again = Secret{"secret one"};
  BOOST_TEST(codes(subject, check) == "");
  subject.password.hash(Secret::min_cost);
  subject.password_again->hash(Secret::min_cost);
  BOOST_TEST(codes(subject, check) == "");  // As when the command is tried again.
}

BOOST_AUTO_TEST_CASE(comparison_is_with_another_attribute_or_a_value) {
  const auto check = [](Validation& v) {
    v.comparison(&Subject::last).greater_than(&Subject::first).less_than(seriatim::Date{std::chrono::year{2030} / 1 / 1});
    v.comparison(&Subject::text).less_than_or_equal_to(&Subject::other_text).other_than("b");
    v.comparison(&Subject::exact).greater_than_or_equal_to(1).equal_to("1.0"_decimal);
  };
  const auto with = [&](int year, const char* text, Decimal exact) {
    return codes_with(
        [&](Subject& s) {
          s.last = std::chrono::year{year} / 1 / 1;
          s.text = text;
          s.other_text = "b";
          s.exact = exact;
        },
        check);
  };
  BOOST_TEST(with(2001, "a", 1) == "");
  BOOST_TEST(with(2000, "b", 0) == "exact: greater_than_or_equal_to; exact: equal_to; last: greater_than; text: other_than");
  BOOST_TEST(with(2030, "c", 1) == "last: less_than; text: less_than_or_equal_to");
  Subject subject;
  subject.last = subject.first;
  BOOST_TEST(message(subject, [](Validation& v) { v.comparison(&Subject::last).greater_than(&Subject::first); }) ==
             "must be greater than first");
  BOOST_TEST(message(subject, [](Validation& v) {
               v.comparison(&Subject::last).greater_than(seriatim::Date{std::chrono::year{2030} / 1 / 1});
             }) == "must be greater than 2030-01-01");
}

BOOST_AUTO_TEST_CASE(a_validation_of_ones_own_is_one_function) {
  const auto check = [](Validation& v) {
    v.check(&Subject::text, shouting);
    v.check(&Subject::maybe_text, shouting);
    v.check(&Subject::words, shouting);
    v.check(&Subject::numbers, [](const std::vector<std::int32_t>& all) -> std::optional<AttributeError> {
      if (std::is_sorted(all.begin(), all.end())) return std::nullopt;
      return AttributeError{"not_sorted", "is not sorted"};
    });
  };
  BOOST_TEST(codes_with([](Subject& s) { s.text = "a"; s.words = {"b!", "c"}; s.numbers = {2, 1}; }, check) ==
             "numbers: not_sorted; text: not_loud; words[1]: not_loud");
  BOOST_TEST(codes_with([](Subject& s) { s.text = "a!"; s.maybe_text = "b"; }, check) == "maybe_text: not_loud");
}

BOOST_AUTO_TEST_CASE(conditional_checks_are_made_under_their_condition) {
  const auto check = [](bool condition) {
    return codes(Subject{}, [=](Validation& v) { v.when(condition, [&] { v.presence(&Subject::text); }); });
  };
  BOOST_TEST(check(true) == "text: blank");
  BOOST_TEST(check(false) == "");
}

BOOST_AUTO_TEST_CASE(checks_of_a_context_are_made_for_commands_of_that_context) {
  auto order = valid_order<Order>();
  auto deliver = valid_order<Deliver>();
  order.address.city.zip = deliver.address.city.zip = "x";
  BOOST_TEST(paths(validation_errors(order)) == "");
  BOOST_TEST(paths(validation_errors(deliver)) == "address.city.zip ");
  BOOST_TEST(paths(validation_errors(order, "delivery")) == "address.city.zip ");
}

BOOST_AUTO_TEST_CASE(nested_structs_and_lists_are_validated_and_named_by_path) {
  auto order = valid_order<Order>();
  BOOST_TEST(paths(validation_errors(order)) == "");
  order.address.city.name = " ";
  order.lines = {{1, {}}, {2, 0}, {0, {}}, {1001, {}}};
  order.other_address.emplace();
  order.more_lines = {std::nullopt, Line{-1, {}}};
  BOOST_TEST(paths(validation_errors(order)) ==
             "address.city.name lines[1].pieces lines[2].amount lines[3] more_lines[1].amount other_address.city.name ");
}

BOOST_AUTO_TEST_CASE(attributes_of_a_second_base_are_found) {
  auto order = valid_order<Order>();
  order.who = "";
  BOOST_TEST(paths(validation_errors(order)) == "who ");
}

BOOST_AUTO_TEST_CASE(all_errors_are_collected_also_several_of_one_attribute) {
  BOOST_TEST(codes(Subject{}, [](Validation& v) {
               v.presence(&Subject::text);
               v.length(&Subject::text, {.min = 3});
               v.numericality(&Subject::number).greater_than(0).odd();
               v.add_error("number", "unlucky", "brings no luck");
             }) == "number: greater_than; number: odd; number: unlucky; text: blank; text: too_short");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_stored_is_a_validation_error_of_commands_made_in_cpp) {
  auto order = valid_order<Order>();
  order.who = std::string{"a\0b", 3};
  order.address.street = "\xC3(";
  BOOST_TEST(to_string(validation_errors(order)) ==
             "address.street is not valid UTF-8; who contains the character U+0000, which cannot be stored");
  Subject subject;
  subject.aggregate_id = some_id;
  subject.words = {"", std::string(1, '\0')};
  subject.real = std::numeric_limits<double>::quiet_NaN();
  subject.first = seriatim::Date{};
  subject.size = static_cast<Size>(7);
  subject.created_at = seriatim::Timestamp::max();
  subject.password = Secret{std::string(73, 'x')};
  subject.password_again = Secret{std::string_view{"a\0", 2}};
  BOOST_TEST(paths(validation_errors(subject)) == "created_at first password password_again real size words[1] ");
}

BOOST_AUTO_TEST_CASE(a_command_needs_an_aggregate_id) {
  auto order = valid_order<Order>();
  order.aggregate_id = {};
  BOOST_TEST(to_string(validation_errors(order)) == "aggregate_id is required");
}

BOOST_AUTO_TEST_CASE(a_validation_of_a_member_that_is_no_attribute_says_so) {
  const auto usage = [](std::string part) {
    return [=](const seriatim::Error& error) {
      return error.code() == seriatim::ErrorCode::usage && std::string{error.what()}.find(part) != std::string::npos;
    };
  };
  BOOST_CHECK_EXCEPTION(codes(Subject{}, [](Validation& v) { v.numericality(&Subject::undescribed); }), seriatim::Error,
                        usage("add it to BOOST_DESCRIBE_STRUCT"));
  BOOST_CHECK_EXCEPTION(codes(Subject{}, [](Validation& v) { v.presence(&Address::street); }), seriatim::Error,
                        usage("street, which is no attribute of the struct that is validated"));
}

BOOST_AUTO_TEST_CASE(messages_come_from_a_catalogue_by_locale) {
  seriatim::Messages messages;
  messages
      .add("nl", {{"blank", "is verplicht"},
                  {"empty", "mag niet leeg zijn"},
                  {"greater_than", "moet groter zijn dan {count}"},
                  {"too_short", "is korter dan {count} tekens"},
                  {"not_loud", "schreeuwt niet"}})
      .add("nl-BE", {{"blank", "is vereist"}})
      .add("en", {{"odd", "has to be odd"}});
  AttributeErrors errors;
  const Subject subject;
  Validation v{seriatim::attributes::type_of<Subject>, &subject, errors, "", ""};
  v.presence(&Subject::text);
  v.presence(&Subject::words);
  v.numericality(&Subject::exact).greater_than("2.50"_decimal);
  v.length(&Subject::other_text, {.min = 3});
  v.numericality(&Subject::number).odd();
  v.check(&Subject::maybe_text, [](const std::optional<std::string>&) { return shouting(""); });
  BOOST_TEST(to_string(messages.translated(errors, "nl")) ==
             "exact moet groter zijn dan 2.50; maybe_text schreeuwt niet; number has to be odd; other_text is korter dan "
             "3 tekens; text is verplicht; words mag niet leeg zijn");
  BOOST_TEST(messages.translated(errors, "nl-BE").at("text").front().message == "is vereist");
  BOOST_TEST(messages.translated(errors, "nl-BE").at("words").front().message == "mag niet leeg zijn");
  BOOST_TEST(messages.translated(errors, "de").at("text").front().message == "is required");
  BOOST_TEST(messages.translated(errors, "de").at("maybe_text").front().message == "does not shout");
  BOOST_TEST(messages.translated(errors, "nl").at("text").front().code == "blank");
}

BOOST_AUTO_TEST_CASE(every_code_of_the_framework_has_an_english_text_and_can_be_translated) {
  BOOST_TEST(seriatim::Messages::codes().size() > 30U);
  for (const std::string_view code : seriatim::Messages::codes()) {
    const AttributeError error = seriatim::attribute_error(code, {{"count", "3"}, {"attribute", "x"}});
    BOOST_TEST(!error.message.empty(), code);
    BOOST_TEST(error.message.find('{') == std::string::npos, error.message);
    seriatim::Messages messages;
    messages.add("nl", {{code, "vertaald {count} {unknown} {"}});
    BOOST_TEST(messages.text("nl", error) == "vertaald 3 {unknown} {");
  }
}

BOOST_AUTO_TEST_CASE(errors_carry_the_command_its_aggregate_and_every_attribute) {
  AttributeErrors errors;
  errors["amount"].push_back(seriatim::attribute_error("blank"));
  errors["amount"].push_back(seriatim::attribute_error("odd"));
  const seriatim::CommandNotValid error{"Test::Order", some_id, errors};
  BOOST_TEST(error.what() == std::string{"Test::Order is not valid: amount is required; amount must be odd"});
  BOOST_TEST(error.command_type() == "Test::Order");
  BOOST_TEST((error.aggregate_id() == some_id));
  BOOST_TEST(error.errors().at("amount").size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
