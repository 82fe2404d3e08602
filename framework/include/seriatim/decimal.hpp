#pragma once
// Exact decimal numbers, for money and everything else that is counted in tenths and hundredths.
//
// A double cannot hold 0.1; a Decimal can. It is a whole number (the coefficient) and the place of the decimal
// point in it (the scale): 12.50 is 1250 with scale 2. There are 38 significant digits at most and a scale of
// 0 to 38, which is what fits a 128-bit integer. Nothing is ever rounded unless `rounded` or `divided_by` is called:
// an exact result that does not fit is an error, never an approximation.
//
//   using namespace seriatim::literals;
//   const Decimal price = "19.90"_decimal;
//   const Decimal total = 3 * price;                      // 59.70
//   const Decimal share = total.divided_by(7, 2);         // 8.53
//
// Thread-safety: a Decimal is a plain value, without shared state, allocation or locale.

#include <array>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace seriatim {

namespace detail {

__extension__ typedef __int128 Int128;            // NOLINT(modernize-use-using): __extension__ needs a typedef
__extension__ typedef unsigned __int128 UInt128;  // NOLINT(modernize-use-using)

inline constexpr int max_decimal_digits = 38;

inline constexpr std::array<UInt128, max_decimal_digits + 1> powers_of_ten = [] {
  std::array<UInt128, max_decimal_digits + 1> powers{1};
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();

/// 10 to the power of `exponent`, which must be in 0..38.
[[nodiscard]] constexpr UInt128 power_of_ten(int exponent) noexcept {
  return powers_of_ten[static_cast<std::size_t>(exponent)];
}

/// A number as the text gives it: before the sign is applied, and with the scale as written.
struct ScannedDecimal {
  UInt128 magnitude;
  int scale;
  bool negative;
};

[[nodiscard]] constexpr std::optional<ScannedDecimal> scan_decimal(std::string_view text) noexcept;

}  // namespace detail

/// Integers that become a Decimal by themselves: no truth values and no characters.
template <typename T>
concept DecimalInteger = std::integral<T> && sizeof(T) <= sizeof(std::int64_t) && !std::same_as<T, bool> &&
                         !std::same_as<T, char> && !std::same_as<T, wchar_t> && !std::same_as<T, char8_t> &&
                         !std::same_as<T, char16_t> && !std::same_as<T, char32_t>;

/// How `rounded` and `divided_by` treat the digits that they drop.
enum class Rounding : std::uint8_t {
  half_even,  ///< To the nearest; a tie goes to the even neighbour (2.5 -> 2, 3.5 -> 4). Unbiased, so the default.
  half_up,    ///< To the nearest; a tie goes away from zero (2.5 -> 3, -2.5 -> -3), as taught in school.
  down,       ///< Towards zero (2.9 -> 2, -2.9 -> -2).
  up,         ///< Away from zero (2.1 -> 3, -2.1 -> -3).
  floor,      ///< Towards minus infinity (-2.1 -> -3).
  ceiling,    ///< Towards plus infinity (-2.9 -> -2).
};

/// An exact decimal number of up to 38 significant digits.
///
/// The scale is kept as written, for printing only: 12.5 and 12.50 print differently, are equal and have one hash.
/// There is no negative zero and no NaN. 32 bytes, trivially copyable; pass it by value or by reference, as you like.
class Decimal {
 public:
  static constexpr int max_digits = detail::max_decimal_digits;
  static constexpr int max_scale = detail::max_decimal_digits;

  /// Zero, with scale 0.
  constexpr Decimal() noexcept = default;

  /// Any integer of up to 64 bits, with scale 0. Implicit, so that `price * 3` and `balance < 0` read naturally.
  template <DecimalInteger T>
  constexpr Decimal(T integer) noexcept : coefficient_{integer} {}  // NOLINT(google-explicit-constructor)

  /// A double is rarely the number that was meant: write the text, `"0.1"_decimal`.
  template <std::floating_point T>
  Decimal(T) = delete;

  /// Reads "-12.50", "+3", ".5", "5." and exponents ("1.5e3" is 1500, "0.125e2" is 12.5).
  ///
  /// The whole text must be the number: blanks, separators, NaN, infinity, the empty text, more than 38
  /// significant digits or more than 38 places behind the point give nullopt. Leading zeros do not count. Linear
  /// in the text's length; up to 18 digits without an exponent take a fast path.
  [[nodiscard]] static constexpr std::optional<Decimal> parse(std::string_view text) noexcept;

  /// Plain notation with exactly `scale()` places behind the point, never an exponent: "-12.50", "0.05", "1500".
  /// `parse` gives back the same number and the same scale.
  [[nodiscard]] std::string to_string() const;

  /// Appends what `to_string` gives (41 characters at most), without another allocation.
  void append_to(std::string& out) const;

  /// The nearest double, correctly rounded. For charts and statistics, not for sums.
  [[nodiscard]] double to_double() const noexcept;

  /// -1, 0 or 1.
  [[nodiscard]] constexpr int sign() const noexcept { return (coefficient_ > 0) - (coefficient_ < 0); }

  /// The number of digits behind the point, as written or computed; 0 to 38.
  [[nodiscard]] constexpr int scale() const noexcept { return scale_; }

  /// True for 12 and for 12.00.
  [[nodiscard]] bool is_integer() const noexcept;

  /// The same number with the smallest scale that can hold it: 12.50 -> 12.5, 12.00 -> 12, 100 stays 100.
  [[nodiscard]] Decimal trimmed() const noexcept;

  /// The number with exactly `scale` places behind the point: digits are dropped as `mode` says, or zeros added.
  /// Throws std::out_of_range for a scale outside 0..38, std::overflow_error when added zeros do not fit.
  [[nodiscard]] Decimal rounded(int scale, Rounding mode = Rounding::half_even) const;

  /// The quotient with exactly `scale` places behind the point. It is rounded once, from the exact quotient.
  /// Throws std::domain_error when the divisor is zero, std::out_of_range for a scale outside 0..38 and
  /// std::overflow_error when the quotient has more than 38 digits.
  [[nodiscard]] Decimal divided_by(const Decimal& divisor, int scale, Rounding mode = Rounding::half_even) const;

  [[nodiscard]] constexpr Decimal operator-() const noexcept { return Decimal{-coefficient_, scale_}; }

  // Sum, difference and product are exact. The scale is the larger one for + and -, and the sum of both for *. When
  // the digits do not fit, trailing zeros behind the point are dropped, as many as necessary; when that does not
  // help, std::overflow_error is thrown, and a target of +=, -= or *= keeps its value.
  friend Decimal operator+(const Decimal& left, const Decimal& right);
  friend Decimal operator-(const Decimal& left, const Decimal& right);
  friend Decimal operator*(const Decimal& left, const Decimal& right);
  Decimal& operator+=(const Decimal& other) { return *this = *this + other; }
  Decimal& operator-=(const Decimal& other) { return *this = *this - other; }
  Decimal& operator*=(const Decimal& other) { return *this = *this * other; }

  // Numbers are compared, not the way they are written: 12.5 == 12.50. Exact for any two scales; never throws.
  friend std::strong_ordering operator<=>(const Decimal& left, const Decimal& right) noexcept;
  friend bool operator==(const Decimal& left, const Decimal& right) noexcept { return std::is_eq(left <=> right); }

  /// Equal numbers have equal hashes, whatever their scales. `std::hash` and Boost's containers use it.
  friend std::size_t hash_value(const Decimal& number) noexcept;

  /// Prints what `to_string` gives; width, fill and alignment of the stream apply.
  friend std::ostream& operator<<(std::ostream& out, const Decimal& number);

 private:
  constexpr Decimal(detail::Int128 coefficient, std::uint8_t scale) noexcept
      : coefficient_{coefficient}, scale_{scale} {}

  // `magnitude` must be below 10^38 and `scale` in 0..38.
  [[nodiscard]] static constexpr Decimal of(bool negative, detail::UInt128 magnitude, int scale) noexcept {
    const auto coefficient = static_cast<detail::Int128>(magnitude);
    return Decimal{negative ? -coefficient : coefficient, static_cast<std::uint8_t>(scale)};
  }

  [[nodiscard]] constexpr detail::UInt128 magnitude() const noexcept {
    return static_cast<detail::UInt128>(coefficient_ < 0 ? -coefficient_ : coefficient_);
  }

  [[nodiscard]] std::string_view write(std::array<char, 48>& buffer) const noexcept;

  detail::Int128 coefficient_{0};  // always between -(10^38 - 1) and 10^38 - 1
  std::uint8_t scale_{0};
};

inline namespace literals {

/// `"20.00"_decimal`, with the same rules as Decimal::parse. It is read by the compiler: it costs nothing at run
/// time, and a text that is not a number does not compile. Get it with `using namespace seriatim::literals`.
[[nodiscard]] consteval Decimal operator""_decimal(const char* text, std::size_t size) {
  const auto number = Decimal::parse({text, size});
  if (!number) throw std::invalid_argument{"the text before _decimal is not a decimal number"};
  return *number;
}

}  // namespace literals

// Reading numbers is in the header, so that the compiler can do it for literals.
namespace detail {

/// Takes the digits at the start of `text` off it, and appends them to `magnitude`. False when they do not fit.
[[nodiscard]] constexpr bool take_digits(std::string_view& text, UInt128& magnitude) noexcept {
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    if (magnitude >= power_of_ten(max_decimal_digits - 1)) return false;
    magnitude = magnitude * 10 + static_cast<unsigned>(text.front() - '0');
    text.remove_prefix(1);
  }
  return true;
}

/// Reads what follows the "e". An exponent too large for any use is cut to one that is still too large.
[[nodiscard]] constexpr std::optional<std::int64_t> scan_exponent(std::string_view text) noexcept {
  constexpr std::int64_t too_large = 1'000'000'000'000;
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  std::int64_t exponent = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    if (exponent < too_large) exponent = exponent * 10 + (c - '0');
  }
  return negative ? -exponent : exponent;
}

/// Reads every form that is allowed. `text` has no sign any more.
[[nodiscard]] constexpr std::optional<ScannedDecimal> scan_any_decimal(std::string_view text, bool negative) noexcept {
  UInt128 magnitude = 0;
  const std::size_t before_integer = text.size();
  if (!take_digits(text, magnitude)) return std::nullopt;
  std::size_t digits = before_integer - text.size();
  std::int64_t scale = 0;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    const std::size_t before_fraction = text.size();
    if (!take_digits(text, magnitude)) return std::nullopt;
    scale = static_cast<std::int64_t>(before_fraction - text.size());
    digits += before_fraction - text.size();
  }
  if (digits == 0) return std::nullopt;
  if (!text.empty()) {
    if (text.front() != 'e' && text.front() != 'E') return std::nullopt;
    const auto exponent = scan_exponent(text.substr(1));
    if (!exponent) return std::nullopt;
    scale -= *exponent;
  }
  if (scale > max_decimal_digits) return std::nullopt;
  if (scale < 0 && magnitude != 0) {
    if (scale < -max_decimal_digits) return std::nullopt;
    if (magnitude >= power_of_ten(max_decimal_digits + static_cast<int>(scale))) return std::nullopt;
    magnitude *= power_of_ten(static_cast<int>(-scale));
  }
  return ScannedDecimal{magnitude, scale < 0 ? 0 : static_cast<int>(scale), negative};
}

constexpr std::optional<ScannedDecimal> scan_decimal(std::string_view text) noexcept {
  constexpr std::size_t fits_64_bits = 19;  // digits, or 18 digits and a point
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text.size() > fits_64_bits) return scan_any_decimal(text, negative);
  std::uint64_t magnitude = 0;
  std::size_t behind_point = 0;  // 0 while there is no point, then the index of what follows it
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c >= '0' && c <= '9') {
      magnitude = magnitude * 10 + static_cast<unsigned>(c - '0');
    } else if (c == '.' && behind_point == 0) {
      behind_point = i + 1;
    } else {
      return scan_any_decimal(text, negative);
    }
  }
  if (text.empty() || text == ".") return std::nullopt;
  const std::size_t scale = behind_point == 0 ? 0 : text.size() - behind_point;
  return ScannedDecimal{magnitude, static_cast<int>(scale), negative};
}

}  // namespace detail

constexpr std::optional<Decimal> Decimal::parse(std::string_view text) noexcept {
  const auto scanned = detail::scan_decimal(text);
  if (!scanned) return std::nullopt;
  return of(scanned->negative, scanned->magnitude, scanned->scale);
}

}  // namespace seriatim
/// @cond
template <>
struct std::hash<seriatim::Decimal> {
  std::size_t operator()(const seriatim::Decimal& number) const noexcept { return hash_value(number); }
};
/// @endcond
