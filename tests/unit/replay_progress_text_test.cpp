// Behaviour 10.9: how the program tells how far a migration is.

#include <boost/test/unit_test.hpp>

#include "progress_text.hpp"

using namespace seriatim;
using namespace seriatim::cli;

namespace {

MigrationProgress some_progress() {
  return {"replaying", 12'345, 50'000, 0.5, 24'690, 1.525, {{6'000, 12'000}, {6'345, 12'690}}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(replay_progress_text)

BOOST_AUTO_TEST_CASE(people_read_speed_and_time_left_overall_and_of_each_worker) {
  BOOST_TEST(progress_text("wallet", some_progress()) ==
             "wallet: replaying, 12,345 of 50,000 events (24 %), 24,690/s, 2 s left (workers 12,000/s, 12,690/s)");
  MigrationProgress alone = some_progress();
  alone.workers.pop_back();
  BOOST_TEST(progress_text("wallet", alone) ==
             "wallet: replaying, 12,345 of 50,000 events (24 %), 24,690/s, 2 s left");
  BOOST_TEST(progress_text("wallet", {"building indexes", 0, 0, 0, 0, {}, {}}) == "wallet: building indexes");
}

BOOST_AUTO_TEST_CASE(machines_read_one_object_a_line) {
  BOOST_TEST(progress_json("wallet", some_progress()) ==
             R"({"domain":"wallet","phase":"replaying","done":12345,"total":50000,"seconds":0.500000,)"
             R"("events_per_second":24690.000000,"seconds_left":1.525000,)"
             R"("workers":[{"done":6000,"events_per_second":12000.000000},)"
             R"({"done":6345,"events_per_second":12690.000000}]})");
  BOOST_TEST(progress_json("wallet", {"switching", 0, 0, 0, 0, {}, {}}) ==
             R"({"domain":"wallet","phase":"switching","done":0,"total":0,"seconds":0.000000,)"
             R"("events_per_second":0.000000})");
}

BOOST_AUTO_TEST_CASE(a_line_is_due_once_a_second_and_with_each_phase) {
  std::chrono::steady_clock::time_point now{};
  Pace pace{[&] { return now; }};
  const auto due_after = [&](int milliseconds, const char* phase) {
    now += std::chrono::milliseconds{milliseconds};
    MigrationProgress progress;
    progress.phase = phase;
    return pace.due(progress.phase);
  };
  BOOST_TEST(due_after(0, "replaying"));
  BOOST_TEST(!due_after(200, "replaying"));
  BOOST_TEST(!due_after(799, "replaying"));
  BOOST_TEST(due_after(1, "replaying"));
  BOOST_TEST(!due_after(999, "replaying"));
  BOOST_TEST(due_after(0, "building indexes"));
  BOOST_TEST(!due_after(999, "building indexes"));
  BOOST_TEST(due_after(1, "building indexes"));
}

BOOST_AUTO_TEST_SUITE_END()
