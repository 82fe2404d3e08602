// seriatim migrate: the walk from one version of the views to the next.

#include <boost/test/unit_test.hpp>

#include "cli.hpp"

namespace {

using namespace seriatim::testing;

constexpr const char* movements =
    "select type, amount, balance from view_schema.transaction_records order by sequence_number";

}  // namespace

BOOST_AUTO_TEST_SUITE(migrate_commands)

BOOST_FIXTURE_TEST_CASE(a_new_version_is_built_online_and_switched_offline, EarlierWalletCli) {
  build_views("1");
  BOOST_TEST(run({"execute"}, create_wallet(some_id) + add_money(some_id, "20")).exit_code == 0);
  const ProgramResult before = run({"migrate", "pending"});
  BOOST_TEST(before.exit_code == 5);
  BOOST_TEST(before.output == "yes: the views of wallet are at version 1, and version 2 is to come\n");
  BOOST_TEST(run({"migrate", "current-version"}).output == "1\n");
  BOOST_TEST(contains(run({"migrate", "plan"}).output, "TransactionProjector"));

  const ProgramResult online = run({"migrate", "online"});
  BOOST_TEST(online.exit_code == 0);
  BOOST_TEST(online.output.starts_with("wallet: version 2 is built"), online.output);
  BOOST_TEST(contains(run({"migrate", "status"}).output, "run `migrate offline`"));
  BOOST_TEST(run({"migrate", "running"}).exit_code == 0);
  BOOST_TEST(run({"execute"}, draw_money(some_id, "5")).exit_code == 0);

  const ProgramResult offline = run({"migrate", "offline"});
  BOOST_TEST(offline.exit_code == 0);
  BOOST_TEST(offline.output.starts_with("wallet: version 2 is live"), offline.output);
  BOOST_TEST(contains(offline.output, "writers paused"), offline.output);
  BOOST_TEST(query(movements) == "IN|20.00|20.00\nOUT|5.00|15.00");
  const ProgramResult after = run({"migrate", "pending"});
  BOOST_TEST(after.exit_code == 0);
  BOOST_TEST(after.output == "no: the views of wallet are at version 2\n");
}

BOOST_FIXTURE_TEST_CASE(a_second_offline_does_nothing, EarlierWalletCli) {
  build_views("2");
  const ProgramResult again = run({"migrate", "offline"});
  BOOST_TEST(again.exit_code == 0);
  BOOST_TEST(again.output == "wallet: the views are at version 2 already\n");
}

BOOST_FIXTURE_TEST_CASE(offline_before_online_is_refused, EarlierWalletCli) {
  const ProgramResult refused = run({"migrate", "offline", "--json"});
  BOOST_TEST(refused.exit_code == 1);
  BOOST_TEST(contains(refused.output, R"({"error":{"code":"migration_not_started")"), refused.output);
  BOOST_TEST(run({"migrate", "current-version"}).output == "0\n");
}

BOOST_FIXTURE_TEST_CASE(executing_on_old_views_warns_once, EarlierWalletCli) {
  build_views("1");
  const ProgramResult result = run({"execute"}, create_wallet(some_id) + add_money(some_id, "20"));
  BOOST_TEST(contains(result.errors, "the views of wallet are at version 1, the plugin brings 2"), result.errors);
  BOOST_TEST(result.errors.find("plugin brings") == result.errors.rfind("plugin brings"));
}

BOOST_FIXTURE_TEST_CASE(the_status_after_a_kill_names_the_command_that_goes_on, EarlierWalletCli) {
  build_views("1");
  BOOST_TEST(run({"migrate", "online"}).exit_code == 0);
  // As programs that were killed leave it: the row says running, and nobody has the lock.
  (void)query("update view_schema.sequent_versions set status = 1 where version = 2 returning 1");
  BOOST_TEST(contains(run({"migrate", "status"}).output, "was interrupted: run `migrate online` again"));
  BOOST_TEST(run({"migrate", "offline"}).exit_code == 1);
  (void)query("update view_schema.sequent_versions set status = 3 where version = 2 returning 1");
  BOOST_TEST(contains(run({"migrate", "status"}).output, "was interrupted: run `migrate offline` again"));
  BOOST_TEST(run({"migrate", "offline"}).exit_code == 0);
  BOOST_TEST(run({"migrate", "current-version"}).output == "2\n");
}

BOOST_FIXTURE_TEST_CASE(results_are_json_for_machines, EarlierWalletCli) {
  const ProgramResult online = run({"migrate", "online", "--json"});
  BOOST_TEST(online.output.starts_with(R"({"domain":"wallet","from":0,"to":2,"events":0,"seconds":)"), online.output);
  BOOST_TEST(contains(online.errors, R"({"domain":"wallet","phase":")"), online.errors);
  const ProgramResult offline = run({"migrate", "offline", "--json", "--quiet"});
  BOOST_TEST(contains(offline.output, R"("pause_ms":)"), offline.output);
  BOOST_TEST(offline.errors == "");
  BOOST_TEST(run({"migrate", "status", "--json"}).output ==
             R"({"domain":"wallet","current":2,"latest":2,"phase":"idle","interrupted":false})"
             "\n");
}

BOOST_FIXTURE_TEST_CASE(a_domain_that_is_not_loaded_is_refused, EarlierWalletCli) {
  const ProgramResult unknown = run({"migrate", "status", "--domain", "shop"});
  BOOST_TEST(unknown.exit_code == 2);
  BOOST_TEST(contains(unknown.errors, "\"shop\""), unknown.errors);
  const ProgramResult none = run_bare({"--database", url(), "migrate", "status"});
  BOOST_TEST(none.exit_code == 2);
  BOOST_TEST(contains(none.errors, "--plugin"), none.errors);
}

BOOST_AUTO_TEST_SUITE_END()
