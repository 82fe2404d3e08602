#include "seriatim/json.hpp"

#include <boost/test/unit_test.hpp>
#include <limits>

#include "random_values.hpp"

namespace json_test {

using seriatim::Date;
using seriatim::Decimal;
using seriatim::Timestamp;
using seriatim::Uuid;
using namespace seriatim::literals;

enum class Colour { red, green, blue };
BOOST_DESCRIBE_ENUM(Colour, red, green, blue)

struct Address {
  std::string street;
  std::optional<std::string> city;
};
BOOST_DESCRIBE_STRUCT(Address, (), (street, city))

struct Base {
  std::int64_t number = 0;
};
BOOST_DESCRIBE_STRUCT(Base, (), (number))

struct Everything : Base {
  std::string text;
  std::int32_t small = 0;
  double real = 0;
  Decimal exact;
  bool flag = false;
  Date day{std::chrono::year{2000} / 1 / 1};
  Timestamp moment{};
  Uuid id{};
  Colour colour = Colour::red;
  std::optional<std::int32_t> maybe;
  std::vector<std::string> words;
  std::vector<bool> flags;
  Address address;
  std::vector<Address> addresses;
  std::optional<Address> spare;
};
BOOST_DESCRIBE_STRUCT(Everything, (Base),
                      (text, small, real, exact, flag, day, moment, id, colour, maybe, words, flags, address, addresses,
                       spare))

seriatim::AttributeErrors errors_of(std::string_view json, seriatim::JsonLimits limits = {}) {
  Everything value;
  seriatim::AttributeErrors errors;
  seriatim::attributes::read_json(json, seriatim::attributes::type_of<Everything>, &value, limits, errors);
  return errors;
}

/// Every kind of attribute: alone, optional, in a list, in an optional list and optional in a list.
template <class T>
struct Shapes {
  T alone{};
  std::optional<T> maybe;
  std::vector<T> list;
  std::optional<std::vector<T>> maybe_list;
  std::vector<std::optional<T>> list_of_maybe;
};
#define DESCRIBE_SHAPES(type) BOOST_DESCRIBE_STRUCT(Shapes<type>, (), (alone, maybe, list, maybe_list, list_of_maybe))
DESCRIBE_SHAPES(std::string)
DESCRIBE_SHAPES(std::int32_t)
DESCRIBE_SHAPES(std::int64_t)
DESCRIBE_SHAPES(double)
DESCRIBE_SHAPES(Decimal)
DESCRIBE_SHAPES(bool)
DESCRIBE_SHAPES(Date)
DESCRIBE_SHAPES(Timestamp)
DESCRIBE_SHAPES(Uuid)
DESCRIBE_SHAPES(Colour)
DESCRIBE_SHAPES(seriatim::Secret)
DESCRIBE_SHAPES(Address)

struct AllShapes {
  Shapes<std::string> texts;
  Shapes<std::int32_t> small;
  Shapes<std::int64_t> large;
  Shapes<double> reals;
  Shapes<Decimal> decimals;
  Shapes<bool> flags;
  Shapes<Date> days;
  Shapes<Timestamp> moments;
  Shapes<Uuid> ids;
  Shapes<Colour> colours;
  Shapes<seriatim::Secret> secrets;
  Shapes<Address> addresses;
};
BOOST_DESCRIBE_STRUCT(AllShapes, (),
                      (texts, small, large, reals, decimals, flags, days, moments, ids, colours, secrets, addresses))

/// Holds lists of itself.
struct Tree {
  std::string name;
  std::vector<Tree> children;
};
BOOST_DESCRIBE_STRUCT(Tree, (), (name, children))

template <class T>
void round_trip(std::uint64_t seed, int values) {
  seriatim::testing::RandomValues random{seed};
  for (int i = 0; i < values; ++i) {
    const T before = random.make<T>();
    const std::string json = seriatim::to_json(before);
    const T after = seriatim::from_json<T>(json);
    BOOST_REQUIRE_MESSAGE(seriatim::same_attributes(before, after), json << "\n" << seriatim::describe(after));
    BOOST_REQUIRE(seriatim::differences(before, after).empty());
    BOOST_REQUIRE_EQUAL(seriatim::to_json(after), json);
  }
}

}  // namespace json_test

using namespace json_test;

BOOST_AUTO_TEST_SUITE(json)

BOOST_AUTO_TEST_CASE(any_value_of_any_type_survives_a_round_trip) {
  const std::uint64_t seed = seriatim::testing::test_seed();
  round_trip<Everything>(seed, 1000);
  round_trip<AllShapes>(seed, 1000);
  round_trip<Tree>(seed, 1000);
}

BOOST_AUTO_TEST_CASE(a_decimal_is_written_as_a_string_and_never_passes_through_a_double) {
  Everything e;
  e.exact = "0.1"_decimal;
  BOOST_TEST(seriatim::to_json(e).find(R"("exact":"0.1")") != std::string::npos);
  BOOST_TEST(seriatim::from_json<Everything>(R"({"exact":0.10000000000000000001})").exact.to_string() ==
             "0.10000000000000000001");
}

BOOST_AUTO_TEST_CASE(sixty_four_bit_integers_survive_at_their_limits) {
  for (const std::int64_t n : {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}) {
    Everything e;
    e.number = n;
    BOOST_TEST(seriatim::from_json<Everything>(seriatim::to_json(e)).number == n);
  }
}

BOOST_AUTO_TEST_CASE(microseconds_survive_when_the_format_has_six_digits) {
  Everything e;
  e.moment = Timestamp{std::chrono::microseconds{1'700'000'000'123'456}};
  const auto after = seriatim::from_json<Everything>(seriatim::to_json(e, {.timestamp_digits = 6}));
  BOOST_TEST((after.moment == e.moment));
}

BOOST_AUTO_TEST_CASE(absent_and_null_attributes_are_default_constructed) {
  const auto e = seriatim::from_json<Everything>(R"({"maybe":null,"text":null})");
  BOOST_TEST(!e.maybe);
  BOOST_TEST(e.text.empty());
  BOOST_TEST(e.exact == Decimal{});
}

BOOST_AUTO_TEST_CASE(unknown_attributes_of_stored_json_are_ignored_however_deep) {
  const auto e = seriatim::from_json<Everything>(R"({"old":{"a":[1,{"text":"no"}]},"text":"yes","x":[[[]]]})");
  BOOST_TEST(e.text == "yes");
}

BOOST_AUTO_TEST_CASE(strict_reading_refuses_an_attribute_without_a_name) {
  const auto errors = errors_of(R"({"":1,"address":{"":2}})", {.strict = true});
  BOOST_TEST(errors.size() == 2U);
  BOOST_TEST(errors.count("\"\"") == 1U);
  BOOST_TEST(errors.count("address.\"\"") == 1U);
}

BOOST_AUTO_TEST_CASE(strict_reading_names_every_unknown_attribute_by_its_path) {
  const auto errors = errors_of(R"({"bogus":1,"address":{"zip":"1"},"addresses":[{},{"zip":2}]})", {.strict = true});
  BOOST_TEST(errors.size() == 3U);
  BOOST_TEST(errors.count("bogus") == 1U);
  BOOST_TEST(errors.count("address.zip") == 1U);
  BOOST_TEST(errors.count("addresses[1].zip") == 1U);
}

BOOST_AUTO_TEST_CASE(all_wrong_types_are_reported_at_once_and_by_path) {
  const auto errors = errors_of(
      R"({"number":"1","text":2,"small":2147483648,"exact":"x","flag":"true","day":"2026-02-30","moment":"noon",)"
      R"("id":"7","colour":"pink","maybe":"3","words":[1],"flags":[true,1],"address":[],"addresses":{},)"
      R"("real":"1.0"})");
  for (const char* path : {"number", "text", "small", "exact", "flag", "day", "moment", "id", "colour", "maybe",
                           "words[0]", "address", "addresses", "real"}) {
    BOOST_TEST(errors.count(path) == 1U, path);
  }
  BOOST_TEST(errors.size() == 15U);
  BOOST_TEST(errors.at("small").front().code == "out_of_range");
}

BOOST_AUTO_TEST_CASE(malformed_json_is_refused_with_the_place) {
  for (const char* text : {"", "{", "{\"text\":}", "[1,2", "{\"text\":\"\\x\"}", "{} {}", "nul", "{\"a\":1,}"}) {
    BOOST_CHECK_THROW(errors_of(text), seriatim::Error);
  }
  BOOST_CHECK_EXCEPTION(errors_of(R"({"text": x})"), seriatim::Error, [](const seriatim::Error& error) {
    return std::string{error.what()}.find("at byte 10") != std::string::npos;
  });
}

BOOST_AUTO_TEST_CASE(a_raw_nul_byte_does_not_hide_what_follows_it) {
  const std::string text{"{\"text\":\"a\"}\0{\"garbage\"", 24};
  BOOST_CHECK_THROW(errors_of(text), seriatim::Error);
}

BOOST_AUTO_TEST_CASE(text_that_is_no_utf_8_is_refused_both_ways) {
  BOOST_CHECK_THROW(errors_of("{\"text\":\"\xff\"}"), seriatim::Error);
  Everything e;
  e.text = "\xff";
  BOOST_CHECK_THROW((void)seriatim::to_json(e), seriatim::Error);
}

BOOST_AUTO_TEST_CASE(u_0000_is_refused_where_it_cannot_be_stored) {
  BOOST_TEST(errors_of(R"({"text":"a\u0000b"})", {.refuse_nul = true}).count("text") == 1U);
  Everything e;
  e.text = std::string{"a\0b", 3};
  BOOST_CHECK_THROW((void)seriatim::to_json(e), seriatim::Error);
}

BOOST_AUTO_TEST_CASE(a_double_that_is_not_finite_cannot_be_written) {
  Everything e;
  e.real = std::numeric_limits<double>::quiet_NaN();
  BOOST_CHECK_THROW((void)seriatim::to_json(e), seriatim::Error);
}

BOOST_AUTO_TEST_CASE(a_date_or_time_that_has_no_text_cannot_be_written) {
  Everything e;
  e.day = Date{};
  BOOST_CHECK_EXCEPTION(seriatim::to_json(e), seriatim::Error, [](const seriatim::Error& error) {
    BOOST_TEST(error.what() == "attribute day is no date of the years 1 to 9999");
    return error.code() == seriatim::ErrorCode::serialization;
  });
  Everything f;
  f.moment = Timestamp::max();
  BOOST_CHECK_EXCEPTION(seriatim::to_json(f), seriatim::Error, [](const seriatim::Error& error) {
    BOOST_TEST(error.what() == "attribute moment is no time of the years 1 to 9999");
    return error.code() == seriatim::ErrorCode::serialization;
  });
  BOOST_TEST(seriatim::describe(f).find("moment: no time") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_nested_too_deeply_to_be_read_again_is_not_written) {
  const auto chain = [](int trees) {
    Tree tree{"leaf", {}};
    for (int i = 1; i < trees; ++i) tree = Tree{"branch", {std::move(tree)}};
    return tree;
  };
  const Tree deepest = chain(32);  // Each has two levels: an object and a list.
  BOOST_TEST(seriatim::same_attributes(seriatim::from_json<Tree>(seriatim::to_json(deepest)), deepest));
  BOOST_CHECK_EXCEPTION(seriatim::to_json(chain(33)), seriatim::Error, [](const seriatim::Error& error) {
    BOOST_TEST(error.what() == "attribute children is nested too deeply to be read again");
    return error.code() == seriatim::ErrorCode::serialization;
  });
}

BOOST_AUTO_TEST_CASE(each_wrong_element_of_a_list_of_truth_values_is_named_by_its_own_place) {
  const auto errors = errors_of(R"({"flags":[true,1,false,"x",null,[]]})");
  BOOST_TEST(errors.size() == 3U);
  for (const char* path : {"flags[1]", "flags[3]", "flags[5]"}) BOOST_TEST(errors.count(path) == 1U, path);
}

BOOST_AUTO_TEST_CASE(a_number_beyond_a_double_is_an_error_of_its_attribute_and_not_of_the_text) {
  const std::string many_digits(400, '9');
  for (const std::string& number : {std::string{"1e400"}, std::string{"-1E+99999999999999999999"}, many_digits,
                                    many_digits + ".5e10", std::string{"1.5e309"}}) {
    BOOST_TEST_CONTEXT(number.substr(0, 30)) {
      const auto errors = errors_of(R"({"text":"1e400 \\\" 1e400","real":1.5,"exact":)" + number + R"(,"number":)" + number +
                                    R"(,"x":[1,)" + number + R"(],"addresses":[{"street":)" + number + R"(}],"small":7})");
      BOOST_TEST(errors.size() == 3U);
      BOOST_TEST(errors.at("exact").front().code == "out_of_range");
      BOOST_TEST(errors.count("number") == 1U);
      BOOST_TEST(errors.at("addresses[0].street").front().code == "not_a_string");
    }
  }
  BOOST_TEST(errors_of(R"({"real":1e400})").at("real").front().message == "is out of range");
  BOOST_CHECK_THROW(errors_of(R"({"real":1e400-5})"), seriatim::Error);
  BOOST_CHECK_THROW(errors_of(R"({"real":00e400})"), seriatim::Error);
  const auto e = seriatim::from_json<Everything>(R"({"exact":0e999,"small":3,"x":1e400,"number":4})");
  BOOST_TEST(e.exact == Decimal{});
  BOOST_TEST(e.small == 3);
  BOOST_TEST(e.number == 4);
}

BOOST_AUTO_TEST_CASE(a_number_that_is_none_and_one_that_does_not_fit_are_told_apart) {
  const auto code_of = [](const std::string& json, const char* path) { return errors_of(json).at(path).front().code; };
  BOOST_TEST(code_of(R"({"exact":"a lot"})", "exact") == "not_a_number");
  BOOST_TEST(code_of(R"({"exact":{}})", "exact") == "not_a_number");
  BOOST_TEST(code_of(R"({"exact":"1e39"})", "exact") == "out_of_range");
  BOOST_TEST(code_of(R"({"number":1.5})", "number") == "not_an_integer");
  BOOST_TEST(code_of(R"({"number":9223372036854775808})", "number") == "out_of_range");
}

BOOST_AUTO_TEST_CASE(deep_nesting_is_refused_without_using_the_stack) {
  const std::string deep(1'000'000, '[');
  BOOST_CHECK_EXCEPTION(errors_of("{\"x\":" + deep), seriatim::Error, [](const seriatim::Error& error) {
    return std::string{error.what()}.find("deeper than 64") != std::string::npos;
  });
}

BOOST_AUTO_TEST_CASE(whoever_allows_more_levels_than_the_stack_has_gets_them) {
  constexpr std::size_t levels = 1'000'000;
  const std::string json = "{\"else\":" + std::string(levels, '[') + std::string(levels, ']') + ",\"number\":4}";
  Everything e;
  seriatim::AttributeErrors errors;
  seriatim::JsonLimits limits;
  limits.max_depth = 2 * levels;
  seriatim::attributes::read_json(json, seriatim::attributes::type_of<Everything>, &e, limits, errors);
  BOOST_TEST(errors.empty());
  BOOST_TEST(e.number == 4);
}

BOOST_AUTO_TEST_CASE(equality_is_by_attributes_and_decimals_compare_by_value) {
  Everything a;
  a.exact = "12.5"_decimal;
  const Everything b = seriatim::with_changes(a, [](Everything& e) { e.exact = "12.50"_decimal; });
  const Everything c = seriatim::with_changes(a, [](Everything& e) { e.addresses.emplace_back(); });
  BOOST_TEST(seriatim::same_attributes(a, b));
  BOOST_TEST(!seriatim::same_attributes(a, c));
}

BOOST_AUTO_TEST_CASE(a_copy_with_changes_leaves_the_original_as_it_is) {
  const Address home{"Main", "Utrecht"};
  const Address moved = seriatim::with_changes(home, &Address::street, "Side", &Address::city, std::nullopt);
  BOOST_TEST(seriatim::describe(moved) == R"({street: "Side", city: none})");
  BOOST_TEST(seriatim::describe(home) == R"({street: "Main", city: "Utrecht"})");
  Everything e;
  BOOST_TEST(seriatim::with_changes(e, &Base::number, 7, &Everything::text, "seven").number == 7);
}

BOOST_AUTO_TEST_CASE(differences_name_what_changed_by_path_and_how) {
  Everything before;
  before.addresses = {{"A", "x"}, {"B", {}}};
  before.words = {"one"};
  Everything after = before;
  after.number = 5;
  after.addresses[1].city = "y";
  after.words = {"one", "two"};
  after.spare = Address{"S", {}};
  std::string lines;
  for (const seriatim::Difference& d : seriatim::differences(before, after)) {
    lines += d.path + ": " + d.before + " -> " + d.after + "\n";
  }
  BOOST_TEST(lines ==
             "number: 0 -> 5\n"
             "words[1]: absent -> \"two\"\n"
             "addresses[1].city: none -> \"y\"\n"
             "spare: none -> {street: \"S\", city: none}\n");
  after = before;
  after.exact = "0.00"_decimal;
  BOOST_TEST(seriatim::differences(before, after).empty());
}

BOOST_AUTO_TEST_CASE(a_type_has_a_json_schema_made_from_the_same_description) {
  BOOST_TEST(seriatim::json_schema<Address>() ==
             R"({"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{)"
             R"("street":{"type":"string"},"city":{"anyOf":[{"type":"string"},{"type":"null"}]}}})");
  const std::string all = seriatim::json_schema<Everything>();
  for (const char* part :
       {R"("number":{"type":"integer","minimum":-9223372036854775808,"maximum":9223372036854775807})",
        R"("small":{"type":"integer","minimum":-2147483648,"maximum":2147483647})", R"("real":{"type":"number"})",
        R"("flag":{"type":"boolean"})", R"("day":{"type":"string","format":"date"})",
        R"("moment":{"type":"string","format":"date-time"})", R"("id":{"type":"string","format":"uuid"})",
        R"("colour":{"enum":["red","green","blue"]})", R"("words":{"type":"array","items":{"type":"string"}})"}) {
    BOOST_TEST(all.find(part) != std::string::npos, part << " in " << all);
  }
}

BOOST_AUTO_TEST_CASE(the_schema_of_a_type_that_holds_lists_of_itself_refers_to_itself) {
  BOOST_TEST(seriatim::json_schema<Tree>().find(R"("children":{"type":"array","items":{"$ref":"#"}})") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_message_prints_as_a_person_reads_it) {
  BOOST_TEST(seriatim::describe(Address{"Main", std::nullopt}) == R"({street: "Main", city: none})");
}

BOOST_AUTO_TEST_SUITE_END()
