#pragma once
// Points in time, calendar dates, their ISO 8601 texts, and the clocks that tell the time.
//
// All times are UTC and counted in microseconds, as PostgreSQL's timestamptz does, so nothing is lost between memory
// and the database. JSON shows milliseconds unless told otherwise. Years are 1 to 9999, the ones that ISO 8601
// writes with four digits. No function here looks at the locale or at the time zone of the machine.

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace seriatim {

/// A point in time: microseconds since 1970-01-01T00:00:00Z, without leap seconds. Default: 1970 began.
using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;

/// A day of the Gregorian calendar, without a time zone. A default-constructed one, `Date{}`, is 0000-00-00, which is
/// not a day: `ok()` is false, and it cannot be written.
using Date = std::chrono::year_month_day;

/// Reads "2026-11-21T10:00:00Z" and its relatives: a `T` or one space in the middle; seconds may be absent; a
/// fraction of 1 to 9 digits, of which those beyond microseconds are cut off; `Z`, `+01`, `+01:00` or `+0100` at the
/// end, or nothing, which means UTC. PostgreSQL's "2026-11-21 12:33:13.048+00" is one of these.
///
/// Anything else gives nullopt: a date that does not exist, 24:00, a 60th second, blanks around the text, or a
/// time that is outside the years 1 to 9999 in UTC.
[[nodiscard]] std::optional<Timestamp> parse_timestamp(std::string_view text) noexcept;

/// Reads "YYYY-MM-DD"; nullopt for anything else, and for dates that are not in the calendar (2026-02-29).
[[nodiscard]] std::optional<Date> parse_date(std::string_view text) noexcept;

/// Appends "2026-11-21T10:00:00.000Z", with `fraction_digits` (0 to 6) digits of the second. Further digits are cut
/// off, not rounded, so that a printed time is never in the future of the real one. All printed times of one
/// precision have one length and sort as text.
///
/// Throws std::out_of_range for years outside 1 to 9999 and for other numbers of digits; `out` is unchanged then.
void append_timestamp(std::string& out, Timestamp time, int fraction_digits = 3);

/// The text that append_timestamp appends.
[[nodiscard]] std::string to_string(Timestamp time, int fraction_digits = 3);

/// Appends "2026-11-21". Throws std::out_of_range, with `out` unchanged, for years outside 1 to 9999 and for dates
/// that are not in the calendar.
void append_date(std::string& out, Date date);

/// The text that append_date appends.
[[nodiscard]] std::string to_string(Date date);

/// The time without what is finer than `fraction_digits` (0 to 6) digits of the second; towards the past, before 1970
/// too. What append_timestamp prints, parse_timestamp reads back as this. Throws std::out_of_range for other numbers.
[[nodiscard]] Timestamp truncated(Timestamp time, int fraction_digits);

/// Where the framework and its users get the time from; pass it in, so that tests can set it.
/// `now` may be called by any number of threads at the same time.
class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;

  /// The current time. It may be the same as the one before, or earlier when somebody sets the clock back.
  [[nodiscard]] virtual Timestamp now() const = 0;
};

/// The clock of the machine. It gives milliseconds unless told otherwise, so that a time in memory is the same as the
/// one that is stored and read back.
class SystemClock final : public Clock {
 public:
  /// A clock that gives `fraction_digits` (0 to 6) digits of the second. Throws std::out_of_range for others.
  explicit SystemClock(int fraction_digits = 3);

  [[nodiscard]] Timestamp now() const override;

 private:
  int fraction_digits_;
};

/// A clock for tests: it stands still until it is told to move. All members may be called by any thread at any time.
class FixedClock final : public Clock {
 public:
  explicit FixedClock(Timestamp time) noexcept : time_{time.time_since_epoch().count()} {}

  [[nodiscard]] Timestamp now() const noexcept override { return Timestamp{Timestamp::duration{time_.load()}}; }

  /// Sets the time, which may be earlier than the one before.
  void set(Timestamp time) noexcept { time_.store(time.time_since_epoch().count()); }

  /// Moves on by `step` (back, when it is negative) in one indivisible step.
  void advance(std::chrono::microseconds step) noexcept { time_.fetch_add(step.count()); }

 private:
  std::atomic<Timestamp::rep> time_;  // microseconds since 1970
};

}  // namespace seriatim
