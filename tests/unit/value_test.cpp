// Owned values of any attribute type: whatever they keep, and wherever, copies and moves say the same.
#include <boost/test/unit_test.hpp>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "seriatim/attributes.hpp"

namespace {

using seriatim::attributes::Value;
using namespace seriatim::literals;

/// Its bytes can be copied, and are too many to be kept inside.
struct Row {
  std::int64_t a{}, b{}, c{}, d{}, e{}, f{}, g{};
};
BOOST_DESCRIBE_STRUCT(Row, (), (a, b, c, d, e, f, g))

template <class T>
const T& in(const Value& value) {
  BOOST_REQUIRE(!value.empty());
  return *static_cast<const T*>(value.get());
}

/// Through every way in and out, onto values of the same kind and of others.
template <class T>
void check_keeps(const T& original) {
  const auto same = [&](const Value& value) {
    return seriatim::attributes::equal(seriatim::attributes::type_of<T>, &in<T>(value), &original);
  };
  const Value made = Value::of(original);
  BOOST_TEST(same(made));
  BOOST_TEST(same(Value{seriatim::attributes::type_of<T>, &original}));
  Value copy = made;
  Value moved = std::move(copy);
  BOOST_TEST(same(moved));
  BOOST_TEST(copy.empty());  // NOLINT(bugprone-use-after-move): that is the question
  for (Value target : {Value{}, Value::of(seriatim::new_uuid()), Value::of(std::string(100, 'x')), Value::of(Row{}), made}) {
    Value second = target;
    target = made;
    BOOST_TEST(same(target));
    second = std::move(target);
    BOOST_TEST(same(second));
    BOOST_TEST(target.empty());  // NOLINT(bugprone-use-after-move): that is the question
  }
  std::vector<Value> many;
  for (int i = 0; i < 20; ++i) many.push_back(made);
  for (const Value& value : many) BOOST_TEST(same(value));
  BOOST_TEST(same(made));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(values)

BOOST_AUTO_TEST_CASE(a_value_whose_bytes_can_be_copied_stays_what_it_is) {
  check_keeps(seriatim::new_uuid());
  check_keeps(std::int32_t{-7});
  check_keeps("12.50"_decimal);
  check_keeps(std::optional<seriatim::Uuid>{});
  check_keeps(std::optional<seriatim::Uuid>{seriatim::new_uuid()});
}

BOOST_AUTO_TEST_CASE(a_value_that_owns_memory_stays_what_it_is) {
  check_keeps(std::string{"short"});
  check_keeps(std::string(1000, 'x'));
  check_keeps(std::optional<std::string>{std::string(1000, 'y')});
  check_keeps(std::vector<std::string>{"a", std::string(1000, 'z')});
}

BOOST_AUTO_TEST_CASE(a_value_that_is_too_large_to_be_kept_inside_stays_what_it_is) {
  check_keeps(Row{1, 2, 3, 4, 5, 6, 7});
}

BOOST_AUTO_TEST_SUITE_END()
