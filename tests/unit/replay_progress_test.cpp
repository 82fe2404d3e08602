// Behaviour 10.9: what a long replay tells about itself, by a clock of the test's.

#include <boost/test/unit_test.hpp>

#include "migrations/progress.hpp"

using namespace seriatim;
using migrations::Progress;

namespace {

struct Fixture {
  void pass(int milliseconds) { now += std::chrono::milliseconds{milliseconds}; }

  std::chrono::steady_clock::time_point now{};
  std::vector<MigrationProgress> reports;
  bool cancel = false;
  Progress progress{[this](const MigrationProgress& report) { reports.push_back(report); }, [this] { return cancel; },
                    [this] { return now; }};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(replay_progress, Fixture)

BOOST_AUTO_TEST_CASE(events_a_second_and_time_left_are_told_per_worker_and_overall) {
  progress.begin("replaying", 1000, 2);
  progress.add(0, 300);
  progress.add(1, 100);
  pass(2000);
  progress.check();
  BOOST_REQUIRE(reports.size() == 2U);
  const MigrationProgress& report = reports.back();
  BOOST_TEST(report.phase == "replaying");
  BOOST_TEST(report.done == 400);
  BOOST_TEST(report.total == 1000);
  BOOST_TEST(report.seconds == 2.0);
  BOOST_TEST(report.events_per_second == 200.0);
  BOOST_TEST(report.seconds_left.value() == 3.0);
  BOOST_REQUIRE(report.workers.size() == 2U);
  BOOST_TEST(report.workers[0].done == 300);
  BOOST_TEST(report.workers[0].events_per_second == 150.0);
  BOOST_TEST(report.workers[1].events_per_second == 50.0);
}

BOOST_AUTO_TEST_CASE(nothing_is_said_about_the_time_left_before_anything_is_done) {
  progress.begin("replaying", 1000, 1);
  pass(500);
  progress.check();
  BOOST_TEST(!reports.back().seconds_left.has_value());
}

BOOST_AUTO_TEST_CASE(an_estimate_that_was_too_small_grows_and_one_that_was_too_large_ends_with_what_was_done) {
  progress.begin("replaying", 100, 1);
  progress.add(0, 150);
  pass(500);
  progress.check();
  BOOST_TEST(reports.back().total == 150);
  BOOST_TEST(reports.back().seconds_left.value() == 0.0);
  progress.begin("replaying", 1000, 1);
  progress.add(0, 900);
  pass(500);
  progress.end();
  BOOST_TEST(reports.back().done == 900);
  BOOST_TEST(reports.back().total == 900);
}

BOOST_AUTO_TEST_CASE(reports_come_a_few_times_a_second_however_often_it_is_asked) {
  progress.begin("catching up", 0);
  for (int i = 0; i < 100; ++i) {
    pass(10);
    progress.check();
  }
  BOOST_TEST(reports.size() == 6U);
}

BOOST_AUTO_TEST_CASE(a_wish_to_stop_is_asked_for_at_the_beginning_of_a_phase_and_while_it_lasts) {
  progress.begin("replaying", 0, 1);
  cancel = true;
  progress.check();  // Nobody is asked all the time.
  pass(200);
  BOOST_CHECK_THROW(progress.check(), Error);
  BOOST_CHECK_THROW(progress.begin("building indexes", 0), Error);
}

BOOST_AUTO_TEST_SUITE_END()
