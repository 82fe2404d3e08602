#include "seriatim/time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <stdexcept>

namespace seriatim {
namespace {

using std::chrono::days;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::sys_days;

constexpr Date first_day{std::chrono::year{1}, std::chrono::January, std::chrono::day{1}};
constexpr Date last_day{std::chrono::year{9999}, std::chrono::December, std::chrono::day{31}};
constexpr Timestamp earliest = sys_days{first_day};
constexpr Timestamp end_of_time = sys_days{last_day} + days{1};

constexpr int most_fraction_digits = 6;
constexpr std::array<std::int64_t, most_fraction_digits + 1> units{1'000'000, 100'000, 10'000, 1'000, 100, 10, 1};

void check_fraction_digits(int digits) {
  if (digits >= 0 && digits <= most_fraction_digits) return;
  throw std::out_of_range{"A time has 0 to 6 digits of the second, not " + std::to_string(digits) + "."};
}

// How many microseconds one step of the last of that many digits is.
std::int64_t unit_of(int fraction_digits) noexcept {
  return units[static_cast<std::size_t>(fraction_digits)];
}

// What is left of a text to be read. Every `take` removes what it was asked for, or fails.
class Reader {
 public:
  explicit Reader(std::string_view text) noexcept : text_{text} {}

  [[nodiscard]] bool at_end() const noexcept { return text_.empty(); }

  [[nodiscard]] bool starts_with_digit() const noexcept {
    return !text_.empty() && text_.front() >= '0' && text_.front() <= '9';
  }

  bool take(char c) noexcept {
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    return true;
  }

  // Exactly `count` digits that make a number of at most `limit`.
  bool take_number(int count, int limit, int& number) noexcept {
    number = 0;
    for (int i = 0; i < count; ++i) {
      if (!starts_with_digit()) return false;
      number = number * 10 + take_digit();
    }
    return number <= limit;
  }

  // 1 to 9 digits of a second, as microseconds.
  bool take_fraction(std::int64_t& fraction) noexcept {
    constexpr int most_digits = 9;
    int count = 0;
    for (; count < most_digits && starts_with_digit(); ++count) {
      const int digit = take_digit();
      if (count < most_fraction_digits) fraction += digit * unit_of(count + 1);
    }
    return count > 0;
  }

 private:
  int take_digit() noexcept {
    const int digit = text_.front() - '0';
    text_.remove_prefix(1);
    return digit;
  }

  std::string_view text_;
};

std::optional<Date> take_date(Reader& reader) noexcept {
  int year = 0;
  int month = 0;
  int day = 0;
  if (!reader.take_number(4, 9999, year) || !reader.take('-') || !reader.take_number(2, 12, month) ||
      !reader.take('-') || !reader.take_number(2, 31, day) || year == 0) {
    return std::nullopt;
  }
  const Date date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                  std::chrono::day{static_cast<unsigned>(day)}};
  return date.ok() ? std::optional{date} : std::nullopt;
}

std::optional<microseconds> take_time_of_day(Reader& reader) noexcept {
  int hour = 0;
  int minute = 0;
  int second = 0;
  std::int64_t fraction = 0;
  if (!reader.take_number(2, 23, hour) || !reader.take(':') || !reader.take_number(2, 59, minute)) return std::nullopt;
  if (reader.take(':')) {
    if (!reader.take_number(2, 59, second)) return std::nullopt;
    if (reader.take('.') && !reader.take_fraction(fraction)) return std::nullopt;
  }
  return std::chrono::hours{hour} + minutes{minute} + std::chrono::seconds{second} + microseconds{fraction};
}

// How far the written time is ahead of UTC. Nothing written is UTC.
std::optional<minutes> take_offset(Reader& reader) noexcept {
  if (reader.at_end() || reader.take('Z')) return minutes{0};
  const bool behind = reader.take('-');
  if (!behind && !reader.take('+')) return std::nullopt;
  int hour = 0;
  int minute = 0;
  if (!reader.take_number(2, 23, hour)) return std::nullopt;
  if ((reader.take(':') || reader.starts_with_digit()) && !reader.take_number(2, 59, minute)) return std::nullopt;
  const minutes offset = std::chrono::hours{hour} + minutes{minute};
  return behind ? -offset : offset;
}

// Writes `number` with exactly `count` digits.
char* write_number(char* out, std::int64_t number, int count) noexcept {
  for (int i = count; i-- > 0; number /= 10) out[i] = static_cast<char>('0' + number % 10);
  return out + count;
}

char* write_date(char* out, Date date) noexcept {
  out = write_number(out, static_cast<int>(date.year()), 4);
  *out++ = '-';
  out = write_number(out, static_cast<unsigned>(date.month()), 2);
  *out++ = '-';
  return write_number(out, static_cast<unsigned>(date.day()), 2);
}

char* write_time_of_day(char* out, std::int64_t of_day, int fraction_digits) noexcept {
  const std::int64_t second = of_day / units[0];
  out = write_number(out, second / 3600, 2);
  *out++ = ':';
  out = write_number(out, second / 60 % 60, 2);
  *out++ = ':';
  out = write_number(out, second % 60, 2);
  if (fraction_digits > 0) {
    *out++ = '.';
    out = write_number(out, of_day % units[0] / unit_of(fraction_digits), fraction_digits);
  }
  *out++ = 'Z';
  return out;
}

}  // namespace

std::optional<Timestamp> parse_timestamp(std::string_view text) noexcept {
  Reader reader{text};
  const auto date = take_date(reader);
  if (!date || !(reader.take('T') || reader.take(' '))) return std::nullopt;
  const auto of_day = take_time_of_day(reader);
  if (!of_day) return std::nullopt;
  const auto offset = take_offset(reader);
  if (!offset || !reader.at_end()) return std::nullopt;
  const Timestamp time = sys_days{*date} + *of_day - *offset;
  return time >= earliest && time < end_of_time ? std::optional{time} : std::nullopt;
}

std::optional<Date> parse_date(std::string_view text) noexcept {
  Reader reader{text};
  const auto date = take_date(reader);
  return reader.at_end() ? date : std::nullopt;
}

void append_timestamp(std::string& out, Timestamp time, int fraction_digits) {
  check_fraction_digits(fraction_digits);
  if (time < earliest || time >= end_of_time) {
    throw std::out_of_range{"A time " + std::to_string(time.time_since_epoch().count()) +
                            " microseconds from 1970 is outside the years 1 to 9999 and cannot be written."};
  }
  const auto day = std::chrono::floor<days>(time);
  std::array<char, 32> text;
  char* end = write_date(text.data(), Date{day});
  *end++ = 'T';
  end = write_time_of_day(end, (time - day).count(), fraction_digits);
  out.append(text.data(), end);
}

std::string to_string(Timestamp time, int fraction_digits) {
  std::string text;
  append_timestamp(text, time, fraction_digits);
  return text;
}

void append_date(std::string& out, Date date) {
  if (!date.ok() || date < first_day || date > last_day) {
    throw std::out_of_range{"Year " + std::to_string(static_cast<int>(date.year())) + ", month " +
                            std::to_string(static_cast<unsigned>(date.month())) + ", day " +
                            std::to_string(static_cast<unsigned>(date.day())) +
                            " is not a date of the years 1 to 9999 and cannot be written."};
  }
  std::array<char, 16> text;
  out.append(text.data(), write_date(text.data(), date));
}

std::string to_string(Date date) {
  std::string text;
  append_date(text, date);
  return text;
}

Timestamp truncated(Timestamp time, int fraction_digits) {
  check_fraction_digits(fraction_digits);
  const std::int64_t unit = unit_of(fraction_digits);
  const std::int64_t excess = time.time_since_epoch().count() % unit;
  return time - microseconds{excess < 0 ? excess + unit : excess};
}

SystemClock::SystemClock(int fraction_digits) : fraction_digits_{fraction_digits} {
  check_fraction_digits(fraction_digits);
}

Timestamp SystemClock::now() const {
  const auto time = std::chrono::floor<microseconds>(std::chrono::system_clock::now());
  return truncated(time, fraction_digits_);
}

}  // namespace seriatim
