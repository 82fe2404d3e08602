// What people enter, read as commands are.

#include <boost/test/unit_test.hpp>

#include "seriatim/json.hpp"

namespace coercion_test {

using seriatim::AttributeErrors;

enum class Size { small, large };
BOOST_DESCRIBE_ENUM(Size, small, large)

struct Form {
  std::int32_t number = -1;
  std::int64_t large = -1;
  double real = -1;
  seriatim::Decimal exact = -1;
  bool flag = false;
  seriatim::Date day{std::chrono::year{2000} / 1 / 1};
  seriatim::Timestamp moment{};
  seriatim::Uuid id{};
  Size size = Size::large;
  std::string text;
  std::optional<std::int32_t> maybe = 7;
  std::optional<bool> maybe_flag = true;
  std::optional<seriatim::Date> maybe_day = std::chrono::year{2000} / 1 / 1;
  std::optional<std::string> maybe_text;
  std::vector<std::int32_t> numbers;
  std::vector<bool> flags;
};
BOOST_DESCRIBE_STRUCT(Form, (),
                      (number, large, real, exact, flag, day, moment, id, size, text, maybe, maybe_flag, maybe_day,
                       maybe_text, numbers, flags))

AttributeErrors read(Form& form, std::string_view json, bool user_input = true) {
  AttributeErrors errors;
  seriatim::JsonLimits limits;
  limits.user_input = user_input;
  seriatim::attributes::read_json(json, seriatim::attributes::type_of<Form>, &form, limits, errors);
  return errors;
}

/// What is wrong with the one attribute of `json`.
std::string message_of(const std::string& attribute, const std::string& value) {
  Form form;
  const AttributeErrors errors = read(form, "{\"" + attribute + "\":" + value + "}");
  return errors.size() == 1 ? errors.at(attribute).front().message : std::to_string(errors.size()) + " errors";
}

}  // namespace coercion_test

using namespace coercion_test;

BOOST_AUTO_TEST_SUITE(coercion)

BOOST_AUTO_TEST_CASE(texts_become_numbers_truth_values_dates_and_times) {
  Form form;
  const AttributeErrors errors = read(form, R"({"number":"02","large":" 9007199254740993 ","real":"1.5","exact":"+12.50",
      "flag":"true","day":"2026-11-21","moment":"2026-11-21T10:00:00+01:00","size":"small",
      "id":"16c83c6b-6dc5-4b3e-a4c4-0a1a4e4d8b6f","maybe":"2","maybe_flag":"false","numbers":["1","02",3,"+4"],
      "flags":["true",false,"false"]})");
  BOOST_TEST(errors.empty(), to_string(errors));
  BOOST_TEST(form.number == 2);
  BOOST_TEST(form.large == 9007199254740993);
  BOOST_TEST(form.real == 1.5);
  BOOST_TEST(form.exact.to_string() == "12.50");
  BOOST_TEST(form.flag);
  BOOST_TEST(seriatim::to_string(form.day) == "2026-11-21");
  BOOST_TEST(seriatim::to_string(form.moment) == "2026-11-21T09:00:00.000Z");
  BOOST_TEST((form.size == Size::small));
  BOOST_TEST(form.maybe.value() == 2);
  BOOST_TEST(!form.maybe_flag.value());
  BOOST_TEST(form.numbers == (std::vector{1, 2, 3, 4}), boost::test_tools::per_element());
  BOOST_TEST(form.flags == (std::vector{true, false, false}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_no_number_is_an_error_that_says_so) {
  for (const char* attribute : {"number", "large", "real", "exact", "maybe"}) {
    for (const char* value : {"\"0x10\"", "\"A\"", "\"1,5\"", "\"1 2\"", "\"--1\"", "\"+-1\"", "\"+\"", "\"inf\"", "\"nan\""}) {
      BOOST_TEST(message_of(attribute, value) == "is not a number", attribute << " " << value);
    }
  }
  BOOST_TEST(message_of("number", "\"1.5\"") == "is not an integer");
  BOOST_TEST(message_of("number", "\"3000000000\"") == "is out of range");
  BOOST_TEST(message_of("number", "true") == "is not an integer");
}

BOOST_AUTO_TEST_CASE(only_true_and_false_are_truth_values) {
  for (const char* value : {"\"yes\"", "\"1\"", "1", "\"t\"", "\"TRUE\""}) {
    BOOST_TEST(message_of("flag", value) == "is not true or false", value);
  }
}

BOOST_AUTO_TEST_CASE(dates_and_times_that_do_not_exist_are_errors) {
  BOOST_TEST(message_of("day", "\"2026-02-30\"") == "is not a date like 2026-11-21");
  BOOST_TEST(message_of("moment", "\"tomorrow\"") == "is not a timestamp like 2026-11-21T10:00:00Z");
}

BOOST_AUTO_TEST_CASE(blank_is_empty_for_all_but_texts) {
  Form form;
  const AttributeErrors errors = read(form, R"({"maybe":"","maybe_flag":"  ","maybe_day":"\t","maybe_text":"","text":" ",
      "number":"","exact":" ","flag":"","size":""})");
  BOOST_TEST(errors.empty(), to_string(errors));
  BOOST_TEST(!form.maybe);
  BOOST_TEST(!form.maybe_flag);
  BOOST_TEST(!form.maybe_day);
  BOOST_TEST(form.maybe_text.value() == "");
  BOOST_TEST(form.text == " ");
  BOOST_TEST(form.number == -1);  // As if it were absent.
  BOOST_TEST(form.exact == seriatim::Decimal{-1});
  const AttributeErrors in_list = read(form, R"({"numbers":["1",""]})");
  BOOST_TEST(in_list.at("numbers[1]").front().code == "not_a_number");
}

BOOST_AUTO_TEST_CASE(null_in_a_list_is_an_error_and_never_a_silent_zero) {
  Form form;
  const AttributeErrors errors = read(form, R"({"numbers":[1,null,3],"flags":[true,null],"maybe":null,"number":null})");
  BOOST_TEST(errors.size() == 2U, to_string(errors));
  BOOST_TEST(errors.at("numbers[1]").front().code == "not_an_integer");
  BOOST_TEST(errors.at("flags[1]").front().code == "not_a_boolean");
}

BOOST_AUTO_TEST_CASE(null_in_a_stored_list_is_a_default_and_keeps_the_places_of_the_others) {
  Form form;
  const AttributeErrors errors = read(form, R"({"numbers":[1,null,3],"flags":[true,null,true]})", false);
  BOOST_TEST(errors.empty(), to_string(errors));
  BOOST_TEST(form.numbers == (std::vector<std::int32_t>{1, 0, 3}), boost::test_tools::per_element());
  BOOST_TEST(form.flags == (std::vector<bool>{true, false, true}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(stored_json_is_never_coerced) {
  Form form;
  const AttributeErrors errors =
      read(form, R"({"number":"2","real":"1.5","flag":"true","maybe":"","numbers":["1"],"day":" 2026-11-21"})", false);
  BOOST_TEST(errors.size() == 6U, to_string(errors));
  BOOST_TEST(form.number == -1);
}

BOOST_AUTO_TEST_SUITE_END()
