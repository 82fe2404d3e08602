#include "seriatim/decimal.hpp"

#include <algorithm>
#include <charconv>
#include <ostream>
#include <type_traits>

namespace seriatim {

static_assert(std::is_trivially_copyable_v<Decimal> && sizeof(Decimal) <= 32);

namespace {

using detail::max_decimal_digits;
using detail::power_of_ten;
using detail::UInt128;

constexpr UInt128 too_large = power_of_ten(max_decimal_digits);

[[noreturn]] void throw_overflow(const char* operation, const Decimal& left, const Decimal& right) {
  throw std::overflow_error{std::string{"The "} + operation + " of " + left.to_string() + " and " + right.to_string() +
                            " has more than the 38 digits that a decimal can hold."};
}

void check_scale(int scale) {
  if (scale >= 0 && scale <= Decimal::max_scale) return;
  throw std::out_of_range{"A decimal has 0 to 38 places behind the point, not " + std::to_string(scale) + "."};
}

struct Scaled {
  UInt128 magnitude;
  int scale;
};

// Drops zeros behind the point until the scale is `scale`, or until there are no more.
void drop_zeros(Scaled& number, int scale) noexcept {
  while (number.scale > scale && number.magnitude > UINT64_MAX && number.magnitude % 10 == 0) {
    number.magnitude /= 10;
    --number.scale;
  }
  if (number.magnitude > UINT64_MAX) return;
  auto small = static_cast<std::uint64_t>(number.magnitude);
  while (number.scale > scale && small % 10 == 0) {
    small /= 10;
    --number.scale;
  }
  number.magnitude = small;
}

// Gives both numbers one scale. The sum of two aligned magnitudes fits 128 bits, but may have 39 digits: the exact
// result of a subtraction can have 38 digits although an aligned operand has 39. False when even that is not enough.
bool align(Scaled& left, Scaled& right) noexcept {
  Scaled& coarse = left.scale < right.scale ? left : right;
  Scaled& fine = left.scale < right.scale ? right : left;
  const auto limit = [&] { return 2 * power_of_ten(max_decimal_digits - (fine.scale - coarse.scale)); };
  while (coarse.magnitude >= limit()) {
    const int before = fine.scale;
    drop_zeros(fine, std::max(coarse.scale, before - 1));
    if (fine.scale == before) return false;
  }
  coarse.magnitude *= power_of_ten(fine.scale - coarse.scale);
  coarse.scale = fine.scale;
  return true;
}

// Up to 256 bits, least significant limb first.
using Wide = std::array<std::uint64_t, 4>;

Wide multiply(UInt128 left, UInt128 right) noexcept {
  const std::array<std::uint64_t, 2> a{static_cast<std::uint64_t>(left), static_cast<std::uint64_t>(left >> 64)};
  const std::array<std::uint64_t, 2> b{static_cast<std::uint64_t>(right), static_cast<std::uint64_t>(right >> 64)};
  Wide product{};
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::uint64_t carry = 0;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const UInt128 sum = static_cast<UInt128>(a[i]) * b[j] + product[i + j] + carry;
      product[i + j] = static_cast<std::uint64_t>(sum);
      carry = static_cast<std::uint64_t>(sum >> 64);
    }
    product[i + b.size()] = carry;
  }
  return product;
}

// Divides by ten and returns the last digit.
unsigned take_last_digit(Wide& number) noexcept {
  std::uint64_t rest = 0;
  for (std::size_t i = number.size(); i-- > 0;) {
    const UInt128 part = (static_cast<UInt128>(rest) << 64) | number[i];
    number[i] = static_cast<std::uint64_t>(part / 10);
    rest = static_cast<std::uint64_t>(part % 10);
  }
  return static_cast<unsigned>(rest);
}

bool fits(const Wide& number) noexcept {
  return number[3] == 0 && number[2] == 0 && ((static_cast<UInt128>(number[1]) << 64) | number[0]) < too_large;
}

// What is dropped, compared with half a unit of the last digit that stays.
enum class Rest : std::uint8_t { none, below_half, half, above_half };

struct Quotient {
  UInt128 magnitude;
  Rest rest;
};

Rest classify(UInt128 rest, UInt128 divisor) noexcept {
  if (rest == 0) return Rest::none;
  const UInt128 missing = divisor - rest;
  return rest < missing ? Rest::below_half : rest == missing ? Rest::half : Rest::above_half;
}

UInt128 round(const Quotient& quotient, bool negative, Rounding mode) noexcept {
  const auto away_from_zero = [&] {
    switch (mode) {
      case Rounding::half_even:
        return quotient.rest == Rest::above_half || (quotient.rest == Rest::half && quotient.magnitude % 2 == 1);
      case Rounding::half_up:
        return quotient.rest >= Rest::half;
      case Rounding::down:
        return false;
      case Rounding::up:
        return true;
      case Rounding::floor:
        return negative;
      case Rounding::ceiling:
        return !negative;
    }
    return false;
  };
  return quotient.magnitude + (quotient.rest != Rest::none && away_from_zero() ? 1U : 0U);
}

// The next digit of a long division: 10 * rest / divisor. Ten times the rest may not fit 128 bits, twice does.
unsigned next_digit(UInt128& rest, UInt128 divisor) noexcept {
  const UInt128 once = rest;
  unsigned digit = 0;
  const auto add = [&](UInt128 more) {
    rest += more;
    if (rest < divisor) return;
    rest -= divisor;
    ++digit;
  };
  add(once);
  digit *= 2;
  add(rest);
  add(once);
  digit *= 2;
  add(rest);
  return digit;
}

// dividend * 10^shift / divisor; nullopt when that has more than 38 digits.
std::optional<Quotient> divide_shifted(UInt128 dividend, UInt128 divisor, int shift) noexcept {
  if (shift <= max_decimal_digits && dividend < power_of_ten(max_decimal_digits - shift)) {
    dividend *= power_of_ten(shift);
    return Quotient{dividend / divisor, classify(dividend % divisor, divisor)};
  }
  UInt128 magnitude = dividend / divisor;
  UInt128 rest = dividend % divisor;
  for (int i = 0; i < shift; ++i) {
    if (magnitude >= power_of_ten(max_decimal_digits - 1)) return std::nullopt;
    magnitude = magnitude * 10 + next_digit(rest, divisor);
  }
  return Quotient{magnitude, classify(rest, divisor)};
}

// dividend / (divisor * 10^places), of which the right-hand side may not fit 128 bits.
Quotient divide_dropping(UInt128 dividend, UInt128 divisor, int places) noexcept {
  const UInt128 all = dividend / divisor;
  const UInt128 unit = power_of_ten(places);
  const bool inexact = dividend % divisor != 0;
  Rest rest = classify(all % unit, unit);
  if (inexact && rest == Rest::none) rest = Rest::below_half;
  if (inexact && rest == Rest::half) rest = Rest::above_half;
  return Quotient{all / unit, rest};
}

std::strong_ordering reversed(std::strong_ordering order) noexcept {
  if (std::is_lt(order)) return std::strong_ordering::greater;
  return std::is_gt(order) ? std::strong_ordering::less : order;
}

// Writes digits backwards from `end` and returns where the first one is.
char* write_digits(char* end, std::uint64_t number) noexcept {
  for (; number != 0; number /= 10) *--end = static_cast<char>('0' + number % 10);
  return end;
}

}  // namespace

std::string_view Decimal::write(std::array<char, 48>& buffer) const noexcept {
  constexpr std::uint64_t half_of_the_digits = 10'000'000'000'000'000'000ULL;  // 10^19
  std::array<char, max_digits + 2> digits;                                     // a zero before the point is the 39th
  char* const end = digits.data() + digits.size();
  const UInt128 number = magnitude();
  char* first = nullptr;
  if (number <= UINT64_MAX) {
    first = write_digits(end, static_cast<std::uint64_t>(number));
  } else {
    char* const middle = end - 19;
    first = write_digits(end, static_cast<std::uint64_t>(number % half_of_the_digits));
    while (first != middle) *--first = '0';
    first = write_digits(middle, static_cast<std::uint64_t>(number / half_of_the_digits));
  }
  char* const point = end - scale_;
  while (first >= point) *--first = '0';
  char* out = buffer.data();
  if (coefficient_ < 0) *out++ = '-';
  out = std::copy(first, point, out);
  if (scale_ > 0) {
    *out++ = '.';
    out = std::copy(point, end, out);
  }
  return {buffer.data(), static_cast<std::size_t>(out - buffer.data())};
}

std::string Decimal::to_string() const {
  std::array<char, 48> buffer;
  return std::string{write(buffer)};
}

void Decimal::append_to(std::string& out) const {
  std::array<char, 48> buffer;
  out.append(write(buffer));
}

std::ostream& operator<<(std::ostream& out, const Decimal& number) {
  std::array<char, 48> buffer;
  return out << number.write(buffer);
}

double Decimal::to_double() const noexcept {
  constexpr UInt128 exact_in_a_double = UInt128{1} << 53;
  constexpr int exact_powers = 22;  // 10^22 is the largest power of ten that a double holds exactly
  if (magnitude() <= exact_in_a_double && scale_ <= exact_powers) {
    return static_cast<double>(coefficient_) / static_cast<double>(power_of_ten(scale_));
  }
  std::array<char, 48> buffer;
  const std::string_view text = write(buffer);
  double number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

bool Decimal::is_integer() const noexcept {
  return scale_ == 0 || magnitude() % power_of_ten(scale_) == 0;
}

Decimal Decimal::trimmed() const noexcept {
  Scaled number{magnitude(), scale_};
  drop_zeros(number, 0);
  return of(coefficient_ < 0, number.magnitude, number.scale);
}

Decimal Decimal::rounded(int scale, Rounding mode) const {
  check_scale(scale);
  const bool negative = coefficient_ < 0;
  if (scale < scale_)
    return of(negative, round(divide_dropping(magnitude(), 1, scale_ - scale), negative, mode), scale);
  if (magnitude() >= power_of_ten(max_digits - (scale - scale_))) {
    throw std::overflow_error{to_string() + " with " + std::to_string(scale) +
                              " places behind the point has more than the 38 digits that a decimal can hold."};
  }
  return of(negative, magnitude() * power_of_ten(scale - scale_), scale);
}

Decimal Decimal::divided_by(const Decimal& divisor, int scale, Rounding mode) const {
  check_scale(scale);
  if (divisor.coefficient_ == 0) throw std::domain_error{to_string() + " cannot be divided by zero."};
  const bool negative = sign() * divisor.sign() < 0;
  const int shift = scale + divisor.scale_ - scale_;
  const auto quotient = shift >= 0 ? divide_shifted(magnitude(), divisor.magnitude(), shift)
                                   : divide_dropping(magnitude(), divisor.magnitude(), -shift);
  const UInt128 result = quotient ? round(*quotient, negative, mode) : too_large;
  if (result >= too_large) throw_overflow("quotient", *this, divisor);
  return of(negative, result, scale);
}

Decimal operator+(const Decimal& left, const Decimal& right) {
  Scaled a{left.magnitude(), left.scale_};
  Scaled b{right.magnitude(), right.scale_};
  if (!align(a, b)) throw_overflow("sum", left, right);
  const bool same_sign = (left.coefficient_ < 0) == (right.coefficient_ < 0);
  const bool left_wins = a.magnitude >= b.magnitude;
  const bool negative = (left_wins ? left : right).coefficient_ < 0;
  Scaled sum{same_sign   ? a.magnitude + b.magnitude
             : left_wins ? a.magnitude - b.magnitude
                         : b.magnitude - a.magnitude,
             a.scale};
  if (sum.magnitude >= too_large) drop_zeros(sum, std::max(0, sum.scale - 1));
  if (sum.magnitude >= too_large) throw_overflow("sum", left, right);
  return Decimal::of(negative, sum.magnitude, sum.scale);
}

Decimal operator-(const Decimal& left, const Decimal& right) {
  return left + -right;
}

Decimal operator*(const Decimal& left, const Decimal& right) {
  const UInt128 a = left.magnitude();
  const UInt128 b = right.magnitude();
  const bool negative = left.sign() * right.sign() < 0;
  int scale = left.scale_ + right.scale_;
  if (a <= INT64_MAX && b <= INT64_MAX && scale <= Decimal::max_scale) return Decimal::of(negative, a * b, scale);
  Wide product = multiply(a, b);
  while (scale > Decimal::max_scale || !fits(product)) {
    if (scale == 0 || take_last_digit(product) != 0) throw_overflow("product", left, right);
    --scale;
  }
  return Decimal::of(negative, (static_cast<UInt128>(product[1]) << 64) | product[0], scale);
}

std::strong_ordering operator<=>(const Decimal& left, const Decimal& right) noexcept {
  if (left.scale_ == right.scale_) return left.coefficient_ <=> right.coefficient_;
  if (left.sign() != right.sign()) return left.sign() <=> right.sign();
  const bool left_is_coarse = left.scale_ < right.scale_;
  const Scaled coarse =
      left_is_coarse ? Scaled{left.magnitude(), left.scale_} : Scaled{right.magnitude(), right.scale_};
  const Scaled fine = left_is_coarse ? Scaled{right.magnitude(), right.scale_} : Scaled{left.magnitude(), left.scale_};
  const int shift = fine.scale - coarse.scale;
  const bool has_more_digits = coarse.magnitude >= power_of_ten(max_decimal_digits - shift);
  const auto order =
      has_more_digits ? std::strong_ordering::greater : coarse.magnitude * power_of_ten(shift) <=> fine.magnitude;
  const bool negative = left.coefficient_ < 0;
  return left_is_coarse == negative ? reversed(order) : order;
}

std::size_t hash_value(const Decimal& number) noexcept {
  constexpr std::uint64_t golden_ratio = 0x9E3779B97F4A7C15ULL;
  const Decimal canonical = number.trimmed();
  const auto bits = static_cast<UInt128>(canonical.coefficient_);
  std::uint64_t hash = static_cast<std::uint64_t>(bits >> 64);
  hash = (hash ^ canonical.scale_) * golden_ratio + static_cast<std::uint64_t>(bits);
  hash = (hash ^ (hash >> 32)) * golden_ratio;
  return static_cast<std::size_t>(hash ^ (hash >> 29));
}

}  // namespace seriatim
