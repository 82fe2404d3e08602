// seriatim migrate online --workers: replays by several workers, and what the program tells of them.

#include <boost/test/unit_test.hpp>

#include "cli.hpp"

namespace {

using namespace seriatim::testing;

}  // namespace

BOOST_AUTO_TEST_SUITE(replay_commands)

BOOST_FIXTURE_TEST_CASE(workers_are_as_many_as_asked_for_and_tell_what_they_do_as_json, WalletCli) {
  BOOST_TEST(run({"execute"}, create_wallet(some_id) + add_money(some_id, "20") + add_money(some_id, "5")).exit_code == 0);
  const ProgramResult online = run({"migrate", "online", "--workers", "1", "--json"});
  BOOST_TEST(online.exit_code == 0, online.errors);
  BOOST_TEST(contains(online.output, R"("events":3)"), online.output);
  BOOST_TEST(contains(online.errors, R"({"domain":"wallet","phase":"replaying","done":0,"total":3,"seconds":)"),
             online.errors);
  BOOST_TEST(contains(online.errors, R"("workers":[{"done":0,"events_per_second":0.000000}]})"), online.errors);
  BOOST_TEST(contains(online.errors, R"({"domain":"wallet","phase":"building indexes")"), online.errors);
}

BOOST_FIXTURE_TEST_CASE(a_number_of_workers_that_makes_no_sense_is_refused, WalletCli) {
  BOOST_TEST(run({"migrate", "online", "--workers", "0"}).exit_code == 2);
  const ProgramResult many = run({"migrate", "online", "--workers", "65", "--json"});
  BOOST_TEST(many.exit_code != 0);
  BOOST_TEST(contains(many.output, R"("code":"usage")"), many.output);
  BOOST_TEST(run({"migrate", "current-version"}).output == "0\n");
}

BOOST_AUTO_TEST_SUITE_END()
