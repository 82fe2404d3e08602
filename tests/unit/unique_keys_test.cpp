// Unique keys as values.
#include "seriatim/unique_keys.hpp"

#include <boost/test/unit_test.hpp>

#include "seriatim/uuid.hpp"

using namespace seriatim;

namespace {

ErrorCode code_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.code();
  }
  throw std::logic_error{"nothing was thrown"};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(unique_keys)

BOOST_AUTO_TEST_CASE(a_key_is_the_same_in_whatever_order_its_attributes_are_given) {
  const UniqueKey a{{"name", "Ann"}, {"year", std::int32_t{1990}}};
  const UniqueKey b{{"year", std::int32_t{1990}}, {"name", std::string{"Ann"}}};
  BOOST_TEST((a == b));
  BOOST_TEST(a.json() == R"({"name":"Ann","year":1990})");
}

BOOST_AUTO_TEST_CASE(a_key_is_absent_when_all_its_values_are) {
  BOOST_TEST((UniqueKey{{"a", ""}, {"b", std::optional<std::int32_t>{}}, {"c", Uuid{}}}.absent()));
  BOOST_TEST((UniqueKey{{"a", std::optional<std::string>{""}}}.absent()));
  BOOST_TEST((!UniqueKey{{"a", ""}, {"b", std::optional<std::int32_t>{0}}}.absent()));
  BOOST_TEST((UniqueKey{{"a", ""}, {"b", false}}.json()) == R"({"a":null,"b":false})");
}

BOOST_AUTO_TEST_CASE(a_key_without_attributes_or_with_one_twice_is_refused) {
  BOOST_TEST((code_of([] { UniqueKey{}; }) == ErrorCode::usage));
  BOOST_TEST((code_of([] { UniqueKey{{"a", "1"}, {"b", "2"}, {"a", "3"}}; }) == ErrorCode::usage));
}

BOOST_AUTO_TEST_CASE(absent_keys_are_left_out_and_a_scope_with_two_is_refused) {
  const UniqueKeys keys{{"email", {{"email", "a@b.c"}}}, {"badge", {{"number", std::optional<std::int32_t>{}}}}};
  BOOST_TEST(keys.all().size() == 1U);
  BOOST_TEST((keys.find("email") != nullptr));
  BOOST_TEST((keys.find("badge") == nullptr));
  BOOST_TEST((code_of([] { UniqueKeys{{"x", {{"a", "1"}}}, {"x", {{"a", "2"}}}}; }) == ErrorCode::usage));
}

BOOST_AUTO_TEST_SUITE_END()
