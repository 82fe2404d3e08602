// seriatim db and seriatim local.

#include <boost/test/unit_test.hpp>

#include "cli.hpp"
#include "seriatim/local_postgres.hpp"
#include "support/sql_script.hpp"

namespace {

using namespace seriatim::testing;

/// Removes what the program leaves running there, also when a check fails.
struct LocalCli : Cli {
  ~LocalCli() { seriatim::LocalPostgres{{.directory = directory() / ".seriatim" / "postgres"}}.remove(); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(database_commands)

BOOST_FIXTURE_TEST_CASE(creating_twice_does_nothing_the_second_time, WalletCli) {
  const ProgramResult again = run({"db", "create"});
  BOOST_TEST(again.exit_code == 0);
  BOOST_TEST(again.output == "the event store is up to date\n");
  BOOST_TEST(run({"db", "migrate", "--json"}).output == "{\"migrations\":[]}\n");
}

BOOST_FIXTURE_TEST_CASE(the_status_tells_version_and_events, WalletCli) {
  BOOST_TEST(contains(run({"db", "status"}).output, "event store  version "));
  const std::string empty = run({"db", "status", "--json"}).output;
  BOOST_TEST(contains(empty, R"({"exists":true,"installed_version":)"), empty);
  BOOST_TEST(contains(empty, R"("events":0})"), empty);
}

BOOST_AUTO_TEST_CASE(a_database_without_an_event_store_is_named_as_such) {
  const Cli cli;
  const std::string url = shared_cluster().create_database();
  const ProgramResult events = cli.run_bare({"--database", url, "events"});
  BOOST_TEST(events.exit_code == 1);
  BOOST_TEST(contains(events.errors, "run `seriatim db create`"), events.errors);
  BOOST_TEST(contains(cli.run_bare({"--database", url, "db", "status"}).output, "not installed"));
}

BOOST_FIXTURE_TEST_CASE(dropping_without_a_terminal_is_refused_unless_yes_is_said, WalletCli) {
  const ProgramResult refused = run({"db", "drop"}, "test_1\n");
  BOOST_TEST(refused.exit_code == 2);
  BOOST_TEST(contains(refused.errors, "add --yes"), refused.errors);
  BOOST_TEST(stored() == "0|0");
  BOOST_TEST(run({"db", "drop", "--yes"}).exit_code == 0);
  BOOST_TEST(contains(run({"db", "status"}).output, "does not exist"));
  const ProgramResult again = run({"db", "drop", "--yes"});
  BOOST_TEST(again.exit_code == 0);
  BOOST_TEST(contains(again.output, "there is no database"), again.output);
}

BOOST_FIXTURE_TEST_CASE(a_database_with_events_is_dropped_by_force_only, WalletCli) {
  BOOST_TEST(run({"execute"}, create_wallet(some_id)).exit_code == 0);
  const ProgramResult refused = run({"db", "drop", "--yes"});
  BOOST_TEST(refused.exit_code == 2);
  BOOST_TEST(contains(refused.errors, "--force"), refused.errors);
  BOOST_TEST(stored() == "1|1");
  BOOST_TEST(run({"db", "drop", "--yes", "--force"}).exit_code == 0);
  BOOST_TEST(contains(run({"db", "status"}).output, "does not exist"));
}

BOOST_AUTO_TEST_CASE(a_foreign_store_with_events_is_dropped_by_force_only) {
  const Cli cli;
  const std::string url = shared_cluster().create_database();
  for (const char* script : {"sequent-layout.sql", "sequent-wallet-store.sql"}) {
    run_sql_script(url, std::filesystem::path{SERIATIM_SOURCE_DIR} / "tests/fixtures" / script);
  }
  const std::string status = cli.run_bare({"--database", url, "--json", "db", "status"}).output;
  BOOST_TEST(contains(status, R"("installed_version":0,)"), status);
  BOOST_TEST(contains(status, R"("events":640})"), status);
  const ProgramResult refused = cli.run_bare({"--database", url, "db", "drop", "--yes"});
  BOOST_TEST(refused.exit_code == 2);
  BOOST_TEST(contains(refused.errors, "holds 640 events"), refused.errors);
  BOOST_TEST(cli.run_bare({"--database", url, "db", "drop", "--yes", "--force"}).exit_code == 0);
  BOOST_TEST(contains(cli.run_bare({"--database", url, "db", "status"}).output, "does not exist"));
}

BOOST_FIXTURE_TEST_CASE(the_local_server_is_started_asked_about_and_stopped, LocalCli) {
  BOOST_TEST(contains(run_bare({"local", "status"}).output, "state  absent"));
  const ProgramResult started = run_bare({"local", "start"});
  BOOST_TEST(started.exit_code == 0);
  BOOST_TEST(started.output.starts_with("running: postgresql://seriatim@/seriatim?host="), started.output);
  BOOST_TEST(contains(run_bare({"--json", "local", "status"}).output, R"({"state":"running","version":")"));
  BOOST_TEST("running: " + run_bare({"local", "url"}).output == started.output);
  BOOST_TEST(run_bare({"local", "stop"}).output == "stopped\n");
  BOOST_TEST(contains(run_bare({"local", "status"}).output, "stopped"));
}

BOOST_FIXTURE_TEST_CASE(without_any_database_given_the_local_one_is_used, LocalCli) {
  const ProgramResult created = run_bare({"--plugin", wallet_plugin, "db", "create"});
  BOOST_TEST(created.exit_code == 0);
  BOOST_TEST(created.errors == "seriatim: using the local database in .seriatim/postgres\n");
  const ProgramResult executed =
      run_bare({"--quiet", "--plugin", wallet_plugin, "execute"}, create_wallet(some_id) + add_money(some_id, "1"));
  BOOST_TEST(executed.exit_code == 0);
  BOOST_TEST(executed.errors == "");
  BOOST_TEST(lines_of(run_bare({"events"}).output).size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
