#include "seriatim/decimal.hpp"

#include <algorithm>
#include <array>
#include <boost/multiprecision/cpp_int.hpp>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <cstdlib>
#include <iomanip>
#include <limits>
#include <random>
#include <sstream>
#include <string>
#include <type_traits>
#include <unordered_set>
#include <utility>
#include <vector>

using boost::multiprecision::cpp_int;
using seriatim::Decimal;
using seriatim::Rounding;
using namespace seriatim::literals;

namespace {

constexpr int rounds = 20'000;
const std::string nines(38, '9');

// SERIATIM_TEST_SEED repeats a run that failed.
std::uint64_t seed() {
  static const std::uint64_t value = [] {
    const char* const given = std::getenv("SERIATIM_TEST_SEED");
    return given != nullptr ? std::stoull(given) : std::uint64_t{std::random_device{}()};
  }();
  BOOST_TEST_MESSAGE("SERIATIM_TEST_SEED=" << value);
  return value;
}

Decimal decimal(const std::string& text) {
  const auto number = Decimal::parse(text);
  BOOST_REQUIRE_MESSAGE(number.has_value(), text << " should be a decimal");
  return *number;
}

std::string text(const std::string& number) {
  return decimal(number).to_string();
}

// The reference model: a whole number of 10^-scale.
struct Model {
  cpp_int coefficient;
  int scale = 0;
};

cpp_int power(int exponent) {
  return boost::multiprecision::pow(cpp_int{10}, static_cast<unsigned>(exponent));
}

cpp_int scaled(const Model& model, int scale) {
  return model.coefficient * power(scale - model.scale);
}

std::string text_of(const Model& model) {
  std::string digits = cpp_int{abs(model.coefficient)}.str();
  const auto scale = static_cast<std::size_t>(model.scale);
  if (digits.size() <= scale) digits.insert(0, scale + 1 - digits.size(), '0');
  if (scale > 0) digits.insert(digits.size() - scale, 1, '.');
  return (model.coefficient < 0 ? "-" : "") + digits;
}

// Drops zeros until the number fits 38 digits; false when it does not.
bool fit(Model& model) {
  while (model.scale > Decimal::max_scale || abs(model.coefficient) >= power(Decimal::max_digits)) {
    if (model.scale == 0 || model.coefficient % 10 != 0) return false;
    model.coefficient /= 10;
    --model.scale;
  }
  return true;
}

// Numbers of any length and scale, with many that have few digits, many zeros at the end, or nearly 38 digits.
Model random_model(std::mt19937_64& random, int most_digits = 38, int most_scale = 38) {
  const auto below = [&](int limit) { return std::uniform_int_distribution<int>{0, limit}(random); };
  const int digits = below(3) == 0 ? most_digits : below(most_digits);
  Model model;
  for (int i = 0; i < digits; ++i) model.coefficient = model.coefficient * 10 + below(9);
  if (below(2) == 0) {
    const cpp_int zeros = power(below(digits));
    model.coefficient = model.coefficient / zeros * zeros;
  }
  if (below(1) == 0) model.coefficient = -model.coefficient;
  model.scale = below(2) == 0 ? below(std::min(2, most_scale)) : below(most_scale);
  return model;
}

// The operation gives what the model gives, or throws when that does not fit.
template <typename Operation>
void check_result(Model expected, Operation&& operation) {
  const Model exact = expected;
  if (!fit(expected)) {
    BOOST_CHECK_THROW(static_cast<void>(operation()), std::overflow_error);
    return;
  }
  const Decimal result = operation();
  BOOST_TEST(result == decimal(text_of(expected)));
  BOOST_TEST(result.scale() <= exact.scale);
  BOOST_TEST(result.scale() >= 0);
}

cpp_int rounded_quotient(const cpp_int& dividend, const cpp_int& divisor, Rounding mode) {
  const bool negative = (dividend < 0) != (divisor < 0);
  const cpp_int quotient = abs(dividend) / abs(divisor);
  const cpp_int rest = abs(dividend) % abs(divisor);
  const int half = cpp_int{rest * 2}.compare(abs(divisor));
  bool away = false;
  if (mode == Rounding::half_even) away = half > 0 || (half == 0 && quotient % 2 == 1);
  if (mode == Rounding::half_up) away = half >= 0;
  if (mode == Rounding::up) away = true;
  if (mode == Rounding::floor) away = negative;
  if (mode == Rounding::ceiling) away = !negative;
  const cpp_int magnitude = quotient + (rest != 0 && away ? 1 : 0);
  return negative ? -magnitude : magnitude;
}

constexpr std::array all_modes{Rounding::half_even, Rounding::half_up, Rounding::down,
                               Rounding::up,        Rounding::floor,   Rounding::ceiling};

}  // namespace

BOOST_AUTO_TEST_SUITE(decimal_numbers)

BOOST_AUTO_TEST_CASE(a_default_constructed_decimal_is_zero) {
  BOOST_TEST(Decimal{} == 0);
  BOOST_TEST(Decimal{}.to_string() == "0");
  static_assert(std::is_trivially_copyable_v<Decimal> && sizeof(Decimal) <= 32);
}

BOOST_AUTO_TEST_CASE(a_decimal_keeps_the_scale_it_was_written_with) {
  for (const char* const written : {"12.50", "-12.50", "0.00", "0.05", "100", "-0.1", "1.000000000000000000000000"}) {
    BOOST_TEST(text(written) == written);
  }
}

BOOST_AUTO_TEST_CASE(all_forms_of_numbers_are_read) {
  BOOST_TEST(text("+3") == "3");
  BOOST_TEST(text(".5") == "0.5");
  BOOST_TEST(text("-.5") == "-0.5");
  BOOST_TEST(text("5.") == "5");
  BOOST_TEST(text("007.10") == "7.10");
  BOOST_TEST(text("1.5e3") == "1500");
  BOOST_TEST(text("0.125e2") == "12.5");
  BOOST_TEST(text("-0.1E1") == "-1");
  BOOST_TEST(text("1e+2") == "100");
  BOOST_TEST(text("12e-3") == "0.012");
  BOOST_TEST(text("0e999999999999999999999") == "0");
  BOOST_TEST(text("-0.00") == "0.00");
  BOOST_TEST(text("1234567890123456789") == "1234567890123456789");
  BOOST_TEST(text("9999999999999999999") == "9999999999999999999");
  BOOST_TEST(text("0000000000000000000000000000000000000000000001") == "1");
}

BOOST_AUTO_TEST_CASE(what_is_not_a_number_is_refused) {
  for (const char* const bad :
       {"",    " ",  "-",   "+",     ".",    "-.",    "1 ",  " 1",       "1,5",  "1.2.3", "--1",   "+-1", "1e",
        "1e+", "e1", ".e1", "1e1.5", "0x10", "1_000", "NaN", "Infinity", "-inf", "1e39",  "1e-39", "abc", "12a"}) {
    BOOST_TEST(!Decimal::parse(bad).has_value(), "'" << bad << "' should be refused");
  }
  BOOST_TEST(!Decimal::parse(std::string_view{"1\0", 2}).has_value());
  BOOST_TEST(!Decimal::parse(std::string_view{}).has_value());
}

BOOST_AUTO_TEST_CASE(a_decimal_has_38_digits_at_most) {
  BOOST_TEST(text(nines) == nines);
  BOOST_TEST(text("-0." + nines) == "-0." + nines);
  BOOST_TEST(text("1e37") == "1" + std::string(37, '0'));
  BOOST_TEST(text("1e-38") == "0." + std::string(37, '0') + "1");
  BOOST_TEST(!Decimal::parse("1" + nines).has_value());
  BOOST_TEST(!Decimal::parse(nines + ".0").has_value());
  BOOST_TEST(!Decimal::parse("1e38").has_value());
  BOOST_TEST(!Decimal::parse("0." + std::string(39, '0')).has_value());
}

BOOST_AUTO_TEST_CASE(a_literal_is_read_by_the_compiler) {
  constexpr Decimal price = "20.00"_decimal;
  static_assert(price.scale() == 2 && price.sign() == 1);
  BOOST_TEST(price.to_string() == "20.00");
  BOOST_TEST("-12345678901234567890.12345678"_decimal.to_string() == "-12345678901234567890.12345678");
}

BOOST_AUTO_TEST_CASE(integers_become_decimals_and_other_things_do_not) {
  BOOST_TEST(Decimal{std::numeric_limits<long long>::min()}.to_string() == "-9223372036854775808");
  BOOST_TEST(Decimal{std::numeric_limits<std::uint64_t>::max()}.to_string() == "18446744073709551615");
  static_assert(std::is_convertible_v<int, Decimal> && std::is_convertible_v<long, Decimal>);
  static_assert(!std::is_convertible_v<double, Decimal> && !std::is_constructible_v<Decimal, double>);
  static_assert(!std::is_constructible_v<Decimal, bool> && !std::is_constructible_v<Decimal, char>);
}

BOOST_AUTO_TEST_CASE(numbers_are_equal_whatever_their_scale) {
  BOOST_TEST("12.5"_decimal == "12.50"_decimal);
  BOOST_TEST("0.00"_decimal == 0);
  BOOST_TEST("12.5"_decimal != "12.51"_decimal);
  const std::unordered_set<Decimal> numbers{"12.5"_decimal, "12.50"_decimal, "12.500"_decimal, 12, "12.00"_decimal};
  BOOST_TEST(numbers.size() == 2U);
}

BOOST_AUTO_TEST_CASE(numbers_are_ordered_also_when_they_cannot_be_aligned) {
  BOOST_TEST(decimal(nines) > decimal("0." + nines));
  BOOST_TEST(-decimal(nines) < decimal("-0." + nines));
  BOOST_TEST(-decimal(nines) < decimal("0." + nines));
  BOOST_TEST("-1.5"_decimal < "-1.49"_decimal);
  BOOST_TEST("1.5"_decimal > 1);
  BOOST_TEST(2 > "1.99"_decimal);
}

BOOST_AUTO_TEST_CASE(sums_and_products_have_the_expected_scale) {
  BOOST_TEST(("0.1"_decimal + "0.2"_decimal).to_string() == "0.3");
  BOOST_TEST(("12.5"_decimal + "0.05"_decimal).to_string() == "12.55");
  BOOST_TEST(("12.55"_decimal - "0.05"_decimal).to_string() == "12.50");
  BOOST_TEST((3 * "19.90"_decimal).to_string() == "59.70");
  BOOST_TEST(("1.10"_decimal * "2.5"_decimal).to_string() == "2.750");
  BOOST_TEST((-"1.10"_decimal).to_string() == "-1.10");
  Decimal balance = 10;
  balance += "0.50"_decimal;
  balance -= 1;
  balance *= 2;
  BOOST_TEST(balance.to_string() == "19.00");
}

BOOST_AUTO_TEST_CASE(trailing_zeros_give_way_before_a_result_is_refused) {
  BOOST_TEST((decimal("1e36") + "0.10"_decimal).to_string() == "1" + std::string(36, '0') + ".1");
  BOOST_TEST((decimal("1e37") - decimal("9999999999999999999999999999999999999.9")).to_string() == "0.1");
  BOOST_TEST((decimal("0." + nines) + decimal("1e-38")).to_string() == "1." + std::string(37, '0'));
  BOOST_TEST((decimal("1e-38") * "0.00"_decimal).to_string() == "0." + std::string(38, '0'));
  BOOST_TEST((decimal("12345678901234567890.5") * decimal("2e-37")) == decimal("2469135780246913578.1e-36"));
}

BOOST_AUTO_TEST_CASE(a_result_that_does_not_fit_is_refused_and_the_target_keeps_its_value) {
  Decimal number = decimal(nines);
  BOOST_CHECK_THROW(number += 1, std::overflow_error);
  BOOST_CHECK_THROW(number += "0.1"_decimal, std::overflow_error);
  BOOST_CHECK_THROW(number *= 10, std::overflow_error);
  BOOST_CHECK_THROW(number *= "0.1"_decimal * decimal("1e-38").rounded(38), std::overflow_error);
  BOOST_TEST(number == decimal(nines));
  BOOST_CHECK_EXCEPTION(number += 1, std::overflow_error, [](const std::overflow_error& error) {
    return error.what() == "The sum of " + nines + " and 1 has more than the 38 digits that a decimal can hold.";
  });
}

BOOST_AUTO_TEST_CASE(rounding_modes_differ_in_what_they_do_with_ties_and_signs) {
  const auto all = [](const char* number) {
    std::string results;
    for (const Rounding mode : all_modes) results += decimal(number).rounded(0, mode).to_string() + ' ';
    return results;
  };
  BOOST_TEST(all("2.5") == "2 3 2 3 2 3 ");
  BOOST_TEST(all("3.5") == "4 4 3 4 3 4 ");
  BOOST_TEST(all("-2.5") == "-2 -3 -2 -3 -3 -2 ");
  BOOST_TEST(all("2.51") == "3 3 2 3 2 3 ");
  BOOST_TEST(all("-2.49") == "-2 -2 -2 -3 -3 -2 ");
  BOOST_TEST(all("-2.0") == "-2 -2 -2 -2 -2 -2 ");
  BOOST_TEST(all("-0.4") == "0 0 0 -1 -1 0 ");
}

BOOST_AUTO_TEST_CASE(rounding_gives_exactly_the_scale_asked_for) {
  BOOST_TEST("12.345"_decimal.rounded(2).to_string() == "12.34");
  BOOST_TEST("12.3"_decimal.rounded(2).to_string() == "12.30");
  BOOST_TEST(decimal("0." + nines).rounded(0).to_string() == "1");
  BOOST_CHECK_THROW(static_cast<void>(decimal(nines).rounded(1)), std::overflow_error);
  BOOST_CHECK_THROW(static_cast<void>("1"_decimal.rounded(-1)), std::out_of_range);
  BOOST_CHECK_THROW(static_cast<void>("1"_decimal.rounded(39)), std::out_of_range);
}

BOOST_AUTO_TEST_CASE(quotients_are_rounded_once_and_at_the_end) {
  BOOST_TEST("59.70"_decimal.divided_by(7, 2).to_string() == "8.53");
  BOOST_TEST("1"_decimal.divided_by(3, 38).to_string() == "0." + std::string(38, '3'));
  BOOST_TEST("-1"_decimal.divided_by(8, 2, Rounding::half_up).to_string() == "-0.13");
  BOOST_TEST("1"_decimal.divided_by("0.001"_decimal, 0).to_string() == "1000");
  BOOST_TEST("0.2500001"_decimal.divided_by("0.1"_decimal, 0).to_string() == "3");
  BOOST_TEST("1.001"_decimal.divided_by(2, 0).to_string() == "1");
  BOOST_TEST("0.001"_decimal.divided_by(2, 0, Rounding::up).to_string() == "1");
  BOOST_CHECK_THROW(static_cast<void>("1"_decimal.divided_by("0.00"_decimal, 2)), std::domain_error);
  BOOST_CHECK_THROW(static_cast<void>(decimal(nines).divided_by("0.1"_decimal, 0)), std::overflow_error);
  BOOST_CHECK_THROW(static_cast<void>("1"_decimal.divided_by(1, 39)), std::out_of_range);
}

BOOST_AUTO_TEST_CASE(trimming_drops_zeros_behind_the_point_only) {
  BOOST_TEST("12.50"_decimal.trimmed().to_string() == "12.5");
  BOOST_TEST("100.00"_decimal.trimmed().to_string() == "100");
  BOOST_TEST("0.000"_decimal.trimmed().to_string() == "0");
  BOOST_TEST(decimal("1." + std::string(37, '0')).trimmed().to_string() == "1");
  BOOST_TEST("12.00"_decimal.is_integer());
  BOOST_TEST(!"12.01"_decimal.is_integer());
}

BOOST_AUTO_TEST_CASE(a_double_is_the_nearest_one) {
  BOOST_TEST("0.1"_decimal.to_double() == 0.1);
  BOOST_TEST("-1234.56"_decimal.to_double() == -1234.56);
  BOOST_TEST("0.30000000000000004441"_decimal.to_double() == 0.30000000000000004441);
  BOOST_TEST(decimal(nines).to_double() == 1e38);
  BOOST_TEST(decimal("1e-38").to_double() == 1e-38);
}

BOOST_AUTO_TEST_CASE(printing_obeys_the_width_of_the_stream) {
  std::ostringstream out;
  out << std::setw(7) << "1.50"_decimal << '|' << "-2"_decimal;
  BOOST_TEST(out.str() == "   1.50|-2");
  std::string text = "a=";
  "0.05"_decimal.append_to(text);
  BOOST_TEST(text == "a=0.05");
}

BOOST_AUTO_TEST_CASE(property_what_is_printed_is_read_back_with_its_scale) {
  std::mt19937_64 random{seed()};
  for (int i = 0; i < rounds; ++i) {
    const Model model = random_model(random);
    const Decimal number = decimal(text_of(model));
    BOOST_TEST(number.to_string() == text_of(model));
    BOOST_TEST(number.scale() == model.scale);
    BOOST_TEST(number.sign() == model.coefficient.sign());
    const Decimal trimmed = number.trimmed();
    BOOST_TEST(trimmed == number);
    BOOST_TEST(hash_value(trimmed) == hash_value(number));
    BOOST_TEST(number.is_integer() == (trimmed.scale() == 0));
  }
}

BOOST_AUTO_TEST_CASE(property_arithmetic_agrees_with_integers_of_any_size) {
  std::mt19937_64 random{seed()};
  for (int i = 0; i < rounds; ++i) {
    const Model x = random_model(random);
    const Model y = random_model(random);
    const Decimal a = decimal(text_of(x));
    const Decimal b = decimal(text_of(y));
    const int scale = std::max(x.scale, y.scale);
    BOOST_TEST_CONTEXT(a << " and " << b) {
      check_result({scaled(x, scale) + scaled(y, scale), scale}, [&] { return a + b; });
      check_result({scaled(x, scale) - scaled(y, scale), scale}, [&] { return a - b; });
      check_result({x.coefficient * y.coefficient, x.scale + y.scale}, [&] { return a * b; });
      const int order = scaled(x, scale).compare(scaled(y, scale));
      BOOST_TEST((a < b) == (order < 0));
      BOOST_TEST((a == b) == (order == 0));
      BOOST_TEST((b < a) == (order > 0));
    }
  }
}

BOOST_AUTO_TEST_CASE(property_sums_and_products_commute_and_subtraction_undoes_addition) {
  std::mt19937_64 random{seed()};
  for (int i = 0; i < rounds; ++i) {
    const Decimal a = decimal(text_of(random_model(random, 18, 9)));
    const Decimal b = decimal(text_of(random_model(random, 18, 9)));
    BOOST_TEST_CONTEXT(a << " and " << b) {
      BOOST_TEST(a + b == b + a);
      BOOST_TEST(a * b == b * a);
      BOOST_TEST(a - b + b == a);
      BOOST_TEST((a + b).scale() == std::max(a.scale(), b.scale()));
      BOOST_TEST((a * b).scale() == a.scale() + b.scale());
    }
  }
}

BOOST_AUTO_TEST_CASE(property_rounding_and_division_agree_with_integers_of_any_size) {
  std::mt19937_64 random{seed()};
  for (int i = 0; i < rounds; ++i) {
    const Model x = random_model(random);
    const Model y = random_model(random);
    const Decimal a = decimal(text_of(x));
    const Decimal b = decimal(text_of(y));
    const int scale = std::uniform_int_distribution<int>{0, 38}(random);
    const Rounding mode = all_modes[static_cast<std::size_t>(i) % all_modes.size()];
    const auto check = [&](const Model& divisor, auto&& operation) {
      const int shift = scale + divisor.scale - x.scale;
      const cpp_int dividend = x.coefficient * power(std::max(shift, 0));
      const Model exact{rounded_quotient(dividend, divisor.coefficient * power(std::max(-shift, 0)), mode), scale};
      if (abs(exact.coefficient) >= power(38)) {
        BOOST_CHECK_THROW(static_cast<void>(operation()), std::overflow_error);
      } else {
        BOOST_TEST(operation().to_string() == text_of(exact));
      }
    };
    BOOST_TEST_CONTEXT(a << " and " << b << ", scale " << scale << ", mode " << static_cast<int>(mode)) {
      check(Model{1, 0}, [&] { return a.rounded(scale, mode); });
      if (y.coefficient != 0) check(y, [&] { return a.divided_by(b, scale, mode); });
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
