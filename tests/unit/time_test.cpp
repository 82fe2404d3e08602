#include "seriatim/time.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using seriatim::append_timestamp;
using seriatim::Date;
using seriatim::FixedClock;
using seriatim::parse_date;
using seriatim::parse_timestamp;
using seriatim::SystemClock;
using seriatim::Timestamp;
using seriatim::truncated;

namespace {

constexpr Date a_day{2026y / 11 / 21};
constexpr Timestamp morning = std::chrono::sys_days{a_day} + 10h;

Timestamp timestamp(const std::string& text) {
  const auto time = parse_timestamp(text);
  BOOST_REQUIRE_MESSAGE(time.has_value(), text << " should be a time");
  return *time;
}

std::int64_t micros(Timestamp time) {
  return time.time_since_epoch().count();
}

std::uint64_t seed() {
  const char* const given = std::getenv("SERIATIM_TEST_SEED");
  const std::uint64_t value = given != nullptr ? std::stoull(given) : std::uint64_t{std::random_device{}()};
  BOOST_TEST_MESSAGE("SERIATIM_TEST_SEED=" << value);
  return value;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(times_and_dates)

BOOST_AUTO_TEST_CASE(a_timestamp_is_printed_in_utc_with_milliseconds) {
  BOOST_TEST(seriatim::to_string(morning) == "2026-11-21T10:00:00.000Z");
  BOOST_TEST(seriatim::to_string(morning + 123456us) == "2026-11-21T10:00:00.123Z");
  BOOST_TEST(seriatim::to_string(morning + 123456us, 6) == "2026-11-21T10:00:00.123456Z");
  BOOST_TEST(seriatim::to_string(morning + 999999us, 0) == "2026-11-21T10:00:00Z");
  BOOST_TEST(seriatim::to_string(Timestamp{}) == "1970-01-01T00:00:00.000Z");
  BOOST_TEST(seriatim::to_string(Timestamp{} - 1us) == "1969-12-31T23:59:59.999Z");
  std::string text = "at ";
  append_timestamp(text, morning + 4500us, 4);
  BOOST_TEST(text == "at 2026-11-21T10:00:00.0045Z");
}

BOOST_AUTO_TEST_CASE(all_forms_of_a_timestamp_are_read) {
  for (const char* const same :
       {"2026-11-21T10:00:00Z", "2026-11-21T10:00Z", "2026-11-21 10:00", "2026-11-21T10:00:00",
        "2026-11-21 10:00:00+00", "2026-11-21T11:00:00+01:00", "2026-11-21T11:30:00+0130", "2026-11-20T23:00-11",
        "2026-11-21T10:00:00.0Z", "2026-11-21T10:00:00.000000000-00:00", "2026-11-22T00:30:00+14:30"}) {
    BOOST_TEST(micros(timestamp(same)) == micros(morning), same << " should be ten o'clock");
  }
}

BOOST_AUTO_TEST_CASE(fractions_beyond_microseconds_are_cut_off) {
  BOOST_TEST(micros(timestamp("2026-11-21 10:00:00.048+00")) == micros(morning + 48ms));
  BOOST_TEST(micros(timestamp("2026-11-21T10:00:00.5Z")) == micros(morning + 500ms));
  BOOST_TEST(micros(timestamp("2026-11-21T10:00:00.123456Z")) == micros(morning + 123456us));
  BOOST_TEST(micros(timestamp("2026-11-21T10:00:00.123456999Z")) == micros(morning + 123456us));
}

BOOST_AUTO_TEST_CASE(what_is_not_a_timestamp_is_refused) {
  for (const char* const bad : {"",
                                "2026-11-21",
                                "2026-11-21T",
                                "2026-11-21T10",
                                "2026-11-21T10:",
                                "2026-11-21T10:00:",
                                "2026-11-21T10:00:00.",
                                "2026-11-21T10:00:00.1234567890Z",
                                "2026-11-21T24:00:00Z",
                                "2026-11-21T10:60:00Z",
                                "2026-11-21T10:00:60Z",
                                "2026-02-29T10:00:00Z",
                                "2026-13-01T10:00:00Z",
                                "2026-11-21T10:00:00Zulu",
                                "2026-11-21T10:00:00 Z",
                                "2026-11-21T10:00:00+1",
                                "2026-11-21T10:00:00+01:",
                                "2026-11-21T10:00:00+01:6",
                                "2026-11-21T10:00:00+24",
                                "2026-11-21T10:00:00+01:60",
                                "2026-11-21  10:00:00",
                                " 2026-11-21T10:00:00Z",
                                "2026-11-21T10:00:00Z ",
                                "26-11-21T10:00:00Z",
                                "+2026-11-21T10:00:00Z",
                                "2026-11-21T-1:00:00Z",
                                "2026-11-21T10.5:00",
                                "soon"}) {
    BOOST_TEST(!parse_timestamp(bad).has_value(), "'" << bad << "' should be refused");
  }
}

BOOST_AUTO_TEST_CASE(times_are_in_the_years_1_to_9999) {
  const Timestamp first = timestamp("0001-01-01T00:00:00Z");
  const Timestamp last = timestamp("9999-12-31T23:59:59.999999Z");
  BOOST_TEST(seriatim::to_string(first, 6) == "0001-01-01T00:00:00.000000Z");
  BOOST_TEST(seriatim::to_string(last, 6) == "9999-12-31T23:59:59.999999Z");
  BOOST_TEST(!parse_timestamp("0000-12-31T23:59:59Z").has_value());
  BOOST_TEST(!parse_timestamp("0001-01-01T00:00:00+01").has_value());
  BOOST_TEST(!parse_timestamp("9999-12-31T23:59:59-01").has_value());
  std::string text = "unchanged";
  BOOST_CHECK_THROW(append_timestamp(text, first - 1us), std::out_of_range);
  BOOST_CHECK_THROW(append_timestamp(text, last + 1us), std::out_of_range);
  BOOST_CHECK_THROW(append_timestamp(text, Timestamp::max()), std::out_of_range);
  BOOST_CHECK_THROW(append_timestamp(text, Timestamp::min()), std::out_of_range);
  BOOST_CHECK_THROW(append_timestamp(text, morning, 7), std::out_of_range);
  BOOST_CHECK_THROW(append_timestamp(text, morning, -1), std::out_of_range);
  BOOST_TEST(text == "unchanged");
}

BOOST_AUTO_TEST_CASE(dates_are_read_and_printed) {
  BOOST_TEST((parse_date("2026-11-21") == a_day));
  BOOST_TEST((parse_date("2024-02-29") == Date{2024y / 2 / 29}));
  BOOST_TEST(seriatim::to_string(a_day) == "2026-11-21");
  BOOST_TEST(seriatim::to_string(Date{1y / 1 / 1}) == "0001-01-01");
  for (const char* const bad : {"", "2026-11-2", "2026-11-211", "2026/11/21", "2026-02-29", "1900-02-29", "2026-00-10",
                                "2026-10-00", "2026-04-31", "0000-01-01", "20261121", " 2026-11-21", "2026-11-21T"}) {
    BOOST_TEST(!parse_date(bad).has_value(), "'" << bad << "' should be refused");
  }
}

BOOST_AUTO_TEST_CASE(dates_that_do_not_exist_cannot_be_printed) {
  BOOST_CHECK_THROW(static_cast<void>(seriatim::to_string(Date{})), std::out_of_range);
  BOOST_CHECK_THROW(static_cast<void>(seriatim::to_string(Date{2026y / 2 / 29})), std::out_of_range);
  BOOST_CHECK_THROW(static_cast<void>(seriatim::to_string(Date{10000y / 1 / 1})), std::out_of_range);
}

BOOST_AUTO_TEST_CASE(truncation_goes_towards_the_past) {
  BOOST_TEST(micros(truncated(morning + 123999us, 3)) == micros(morning + 123ms));
  BOOST_TEST(micros(truncated(Timestamp{} - 1us, 3)) == -1000);
  BOOST_TEST(micros(truncated(Timestamp{} - 1000us, 3)) == -1000);
  BOOST_TEST(micros(truncated(Timestamp{} - 1us, 6)) == -1);
  BOOST_CHECK_THROW(static_cast<void>(truncated(morning, 9)), std::out_of_range);
}

BOOST_AUTO_TEST_CASE(property_what_is_printed_is_read_back) {
  std::mt19937_64 random{seed()};
  const auto first = micros(timestamp("0001-01-01T00:00:00Z"));
  const auto last = micros(timestamp("9999-12-31T23:59:59.999999Z"));
  std::uniform_int_distribution<std::int64_t> any{first, last};
  for (int i = 0; i < 20'000; ++i) {
    const Timestamp time{Timestamp::duration{any(random)}};
    const int digits = i % 7;
    BOOST_TEST_CONTEXT(micros(time) << " with " << digits << " digits") {
      BOOST_TEST(micros(timestamp(seriatim::to_string(time, digits))) == micros(truncated(time, digits)));
    }
  }
}

BOOST_AUTO_TEST_CASE(the_system_clock_gives_what_its_precision_promises) {
  const auto before = truncated(std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()), 3);
  const Timestamp now = SystemClock{}.now();
  BOOST_TEST(micros(now) % 1000 == 0);
  BOOST_TEST(micros(now) >= micros(before));
  BOOST_TEST(micros(now) <= micros(before + 1min));
  BOOST_TEST(micros(SystemClock{0}.now()) % 1'000'000 == 0);
  BOOST_CHECK_THROW(SystemClock{7}, std::out_of_range);
}

BOOST_AUTO_TEST_CASE(a_fixed_clock_moves_only_when_told) {
  FixedClock clock{morning};
  BOOST_TEST(micros(clock.now()) == micros(morning));
  clock.advance(1500us);
  BOOST_TEST(micros(clock.now()) == micros(morning + 1500us));
  clock.set(morning - 1h);
  BOOST_TEST(micros(clock.now()) == micros(morning - 1h));
}

BOOST_AUTO_TEST_CASE(a_fixed_clock_counts_the_steps_of_all_threads) {
  FixedClock clock{morning};
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&clock] {
      for (int step = 0; step < 1000; ++step) clock.advance(1us);
    });
  }
  threads.clear();
  BOOST_TEST(micros(clock.now()) == micros(morning + 4000us));
}

BOOST_AUTO_TEST_SUITE_END()
