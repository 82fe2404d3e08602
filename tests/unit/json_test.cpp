#include "seriatim/json.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <limits>
#include <random>

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

/// Random values of every type, awkward ones included.
class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_{seed} {}

  Everything everything() {
    Everything e;
    e.number = static_cast<std::int64_t>(random_());
    e.text = text();
    e.small = static_cast<std::int32_t>(random_());
    e.real = std::ldexp(static_cast<double>(static_cast<std::int64_t>(random_())), static_cast<int>(random_() % 200) - 100);
    e.exact = Decimal::parse(std::to_string(static_cast<std::int64_t>(random_())) + "." + std::to_string(random_() % 1000)).value();
    e.flag = random_() % 2 == 0;
    e.day = std::chrono::sys_days{std::chrono::days{static_cast<int>(random_() % 30000)}};
    e.moment = Timestamp{std::chrono::milliseconds{static_cast<std::int64_t>(random_() % 4102444800000ULL)}};
    e.id = seriatim::new_uuid();
    e.colour = static_cast<Colour>(random_() % 3);
    if (random_() % 2 == 0) e.maybe = static_cast<std::int32_t>(random_());
    for (auto n = random_() % 4; n > 0; --n) e.words.push_back(text());
    for (auto n = random_() % 4; n > 0; --n) e.flags.push_back(random_() % 2 == 0);
    e.address = address();
    for (auto n = random_() % 3; n > 0; --n) e.addresses.push_back(address());
    if (random_() % 2 == 0) e.spare = address();
    return e;
  }

 private:
  Address address() {
    Address a{text(), {}};
    if (random_() % 2 == 0) a.city = text();
    return a;
  }

  std::string text() {
    static const char* const pieces[] = {"a", "\"", "\\", "\n", "\t", "\x01", "\x7f", "é", "漢", "😀", "/", "'", " ", "\xE2\x80\xA8"};
    std::string out;
    for (auto n = random_() % 12; n > 0; --n) out += pieces[random_() % std::size(pieces)];
    return out;
  }

  std::mt19937_64 random_;
};

std::uint64_t seed() {
  const char* given = std::getenv("SERIATIM_TEST_SEED");
  const std::uint64_t value = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  BOOST_TEST_MESSAGE("SERIATIM_TEST_SEED=" << value);
  return value;
}

}  // namespace json_test

using namespace json_test;

BOOST_AUTO_TEST_SUITE(json)

BOOST_AUTO_TEST_CASE(any_value_of_any_type_survives_a_round_trip) {
  Generator generator{seed()};
  for (int i = 0; i < 2000; ++i) {
    const Everything before = generator.everything();
    const std::string json = seriatim::to_json(before);
    const auto after = seriatim::from_json<Everything>(json);
    BOOST_REQUIRE_MESSAGE(seriatim::same_attributes(before, after), json << "\n" << seriatim::describe(after));
    BOOST_REQUIRE_EQUAL(seriatim::to_json(after), json);
  }
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
  BOOST_CHECK_THROW(seriatim::to_json(e), seriatim::Error);
}

BOOST_AUTO_TEST_CASE(u_0000_is_refused_where_it_cannot_be_stored) {
  BOOST_TEST(errors_of(R"({"text":"a\u0000b"})", {.refuse_nul = true}).count("text") == 1U);
  Everything e;
  e.text = std::string{"a\0b", 3};
  BOOST_CHECK_THROW(seriatim::to_json(e), seriatim::Error);
}

BOOST_AUTO_TEST_CASE(a_double_that_is_not_finite_cannot_be_written) {
  Everything e;
  e.real = std::numeric_limits<double>::quiet_NaN();
  BOOST_CHECK_THROW(seriatim::to_json(e), seriatim::Error);
}

BOOST_AUTO_TEST_CASE(deep_nesting_is_refused_without_using_the_stack) {
  const std::string deep(1'000'000, '[');
  BOOST_CHECK_EXCEPTION(errors_of("{\"x\":" + deep), seriatim::Error, [](const seriatim::Error& error) {
    return std::string{error.what()}.find("deeper than 64") != std::string::npos;
  });
}

BOOST_AUTO_TEST_CASE(equality_is_by_attributes_and_decimals_compare_by_value) {
  Everything a;
  a.exact = "12.5"_decimal;
  const Everything b = seriatim::with_changes(a, [](Everything& e) { e.exact = "12.50"_decimal; });
  const Everything c = seriatim::with_changes(a, [](Everything& e) { e.addresses.emplace_back(); });
  BOOST_TEST(seriatim::same_attributes(a, b));
  BOOST_TEST(!seriatim::same_attributes(a, c));
}

BOOST_AUTO_TEST_CASE(a_message_prints_as_a_person_reads_it) {
  BOOST_TEST(seriatim::describe(Address{"Main", std::nullopt}) == R"({street: "Main", city: none})");
}

BOOST_AUTO_TEST_SUITE_END()
