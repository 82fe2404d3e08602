// seriatim migrate rollback and follow, projectors status and deactivate, by programs with two versions of a plugin.

#include <boost/test/unit_test.hpp>
#include <csignal>

#include "cli.hpp"
#include "paths.hpp"
#include "runtime/process.hpp"

namespace {

using namespace seriatim::testing;
using std::chrono::milliseconds;

const std::string next_plugin = SERIATIM_TEST_PLUGIN_DIR "/wallet_fourth.so";

/// Version 3 is live; `next` runs the program with the plugin that brings version 4.
struct Fixture : WalletCli {
  Fixture() { build_views(); }

  [[nodiscard]] Arguments with_next(const Arguments& arguments) const {
    Arguments all{"--database", url(), "--plugin", next_plugin};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return all;
  }
  [[nodiscard]] ProgramResult next(const Arguments& arguments, std::string_view input = {}) const {
    return run_bare(with_next(arguments), input);
  }
  [[nodiscard]] std::string balances() const {
    return query("select balance from view_schema.wallet_records order by balance");
  }
  [[nodiscard]] bool is_locking_out() const {
    return query("select count(*) from pg_locks where not granted and mode = 'AccessExclusiveLock'") == "1";
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(rollback_commands, Fixture)

BOOST_AUTO_TEST_CASE(the_older_plugin_goes_back_and_the_newer_one_forward_again) {
  BOOST_TEST(run({"execute"}, create_wallet(some_id) + add_money(some_id, "20")).exit_code == 0);
  BOOST_TEST(next({"execute"}, add_money(some_id, "1")).exit_code == 1, "it is refused before the switch");
  BOOST_TEST(next({"migrate", "online"}).exit_code == 0);
  const ProgramResult offline = next({"migrate", "offline", "--keep", "12h"});
  BOOST_TEST(offline.exit_code == 0, offline.errors);
  BOOST_TEST(contains(offline.output, "wallet: version 3 is kept until "), offline.output);
  const ProgramResult refused = run({"execute", "--json"}, add_money(some_id, "1"));
  BOOST_TEST(refused.exit_code == 1);
  BOOST_TEST(contains(refused.output, R"("code":"projector_migrating")"), refused.output);
  BOOST_TEST(next({"execute"}, draw_money(some_id, "5")).exit_code == 0);
  const ProgramResult status = next({"migrate", "status"});
  BOOST_TEST(contains(status.output, "wallet: version 4 of 4; up to date\nwallet: version 3 is kept until "), status.output);
  BOOST_TEST(contains(status.output, ", 1 events behind: `migrate rollback` with its plugin goes back to it\n"),
             status.output);

  const ProgramResult wrong = next({"migrate", "rollback"});
  BOOST_TEST(wrong.exit_code == 1);
  BOOST_TEST(contains(wrong.errors, "version 3 is kept, but this plugin's newest version is 4"), wrong.errors);
  const ProgramResult back = run({"migrate", "rollback"});
  BOOST_TEST(back.exit_code == 0, back.errors);
  BOOST_TEST(back.output.starts_with("wallet: version 3 is live; 1 events in "), back.output);
  BOOST_TEST(contains(back.output, "writers paused"), back.output);
  BOOST_TEST(contains(back.output, "version 4 waits: `migrate offline` with its plugin makes it live again"), back.output);
  BOOST_TEST(balances() == "15.00");
  BOOST_TEST(run({"execute"}, add_money(some_id, "1")).exit_code == 0);
  const ProgramResult again = run({"migrate", "rollback"});
  BOOST_TEST(again.exit_code == 0);
  BOOST_TEST(again.output == "wallet: the views are at version 3 already\n");
  BOOST_TEST(next({"migrate", "offline"}).exit_code == 0);
  BOOST_TEST(query("select balance, movements from view_schema.wallet_records") == "16.00|3");
}

BOOST_AUTO_TEST_CASE(going_back_and_following_are_told_as_json) {
  BOOST_TEST(next({"migrate", "online"}).exit_code == 0);
  const ProgramResult offline = next({"migrate", "offline", "--json", "--quiet"});
  BOOST_TEST(contains(offline.output, R"("kept":{"version":3,"tables":["wallet_records_3"],"until":")"), offline.output);
  const ProgramResult status = run({"migrate", "status", "--json"});
  BOOST_TEST(contains(status.output, R"("expired":false,"events_behind":0}})"), status.output);
  const ProgramResult back = run({"migrate", "rollback", "--json", "--quiet"});
  BOOST_TEST(back.output.starts_with(R"({"domain":"wallet","from":4,"to":3,"events":0,"seconds":)"), back.output);
  BOOST_TEST(contains(back.output, R"("pause_ms":)"), back.output);
  const ProgramResult refused = run({"migrate", "follow", "--json"});
  BOOST_TEST(refused.exit_code == 1);
  BOOST_TEST(contains(refused.output, "there is nothing to follow"), refused.output);
}

BOOST_AUTO_TEST_CASE(following_goes_on_until_it_is_interrupted_and_ends_with_0) {
  BOOST_TEST(next({"migrate", "online"}).exit_code == 0);
  BOOST_TEST(next({"migrate", "offline"}).exit_code == 0);
  Program follower{settings(with_database({"--json", "migrate", "follow"}))};
  BOOST_TEST(next({"execute"}, create_wallet(some_id) + add_money(some_id, "20")).exit_code == 0);
  BOOST_REQUIRE(seriatim::runtime::wait_until(
      milliseconds{60'000}, [&] { return query("select balance from view_schema.wallet_records_3") == "20.00"; }));
  follower.kill(SIGINT);
  const ProgramResult result = follower.finish();
  BOOST_TEST(result.exit_code == 0);
  BOOST_TEST(result.output.starts_with(R"({"domain":"wallet","version":3,"events":2,"seconds":)"), result.output);
  BOOST_TEST(contains(result.output, R"("end":"stopped"})"), result.output);
}

BOOST_AUTO_TEST_CASE(a_killed_way_back_leaves_the_newer_views_and_another_one_ends_it) {
  BOOST_TEST(run({"execute"}, create_wallet(some_id)).exit_code == 0);
  BOOST_TEST(next({"migrate", "online"}).exit_code == 0);
  BOOST_TEST(next({"migrate", "offline"}).exit_code == 0);
  BOOST_TEST(next({"execute"}, add_money(some_id, "20")).exit_code == 0);
  {
    // A reader of the marker holds up the switch, so that the program is killed in the middle of it.
    pqxx::connection connection{url()};
    pqxx::work reader{connection};
    reader.exec("lock table view_schema.seriatim_version_4 in access share mode");
    Program program{settings(with_database({"migrate", "rollback"}))};
    BOOST_REQUIRE(seriatim::runtime::wait_until(milliseconds{60'000}, [&] { return is_locking_out(); }));
    program.kill(SIGKILL);
    BOOST_TEST(program.finish().exit_code == 128 + SIGKILL);
  }
  BOOST_REQUIRE(seriatim::runtime::wait_until(milliseconds{60'000}, [&] {
    return query("select count(*) from pg_locks l join pg_database d on d.oid = l.database where locktype = 'advisory'"
                 " and datname = current_database()") == "0";
  }));
  BOOST_TEST(next({"migrate", "current-version"}).output == "4\n");
  const ProgramResult running = next({"migrate", "running"});
  BOOST_TEST(running.exit_code == 0);
  BOOST_TEST(running.output ==
             "no: wallet; migrate rollback to version 3 was interrupted: run `migrate rollback` with its plugin again,"
             " and it goes on from there\n");
  BOOST_TEST(next({"execute"}, draw_money(some_id, "5")).exit_code == 0);
  BOOST_TEST(query("select balance, movements from view_schema.wallet_records") == "15.00|2");
  BOOST_TEST(run({"migrate", "rollback"}).exit_code == 0);
  BOOST_TEST(balances() == "15.00");
}

BOOST_AUTO_TEST_CASE(while_the_way_back_is_taken_running_answers_5) {
  BOOST_TEST(next({"migrate", "online"}).exit_code == 0);
  BOOST_TEST(next({"migrate", "offline"}).exit_code == 0);
  pqxx::connection connection{url()};
  auto reader = std::make_unique<pqxx::work>(connection);
  reader->exec("lock table view_schema.seriatim_version_4 in access share mode");
  Program program{settings(with_database({"migrate", "rollback", "--wait", "600"}))};
  BOOST_REQUIRE(seriatim::runtime::wait_until(milliseconds{60'000}, [&] { return is_locking_out(); }));
  for (const ProgramResult& running : {run({"migrate", "running"}), next({"migrate", "running"})}) {
    BOOST_TEST(running.exit_code == 5);
    BOOST_TEST(running.output == "yes: wallet; migrate rollback to version 3 is running\n");
  }
  const std::string status = run({"migrate", "status", "--json"}).output;
  BOOST_TEST(contains(status, R"("phase":"rollback_running","target":3,"interrupted":false,)"), status);
  BOOST_TEST(run({"migrate", "rollback"}).exit_code == 4);
  reader.reset();
  BOOST_TEST(program.finish().exit_code == 0);
  const ProgramResult after = run({"migrate", "running"});
  BOOST_TEST(after.exit_code == 0);
  BOOST_TEST(contains(after.output, "no: wallet; "), after.output);
}

BOOST_AUTO_TEST_CASE(how_long_a_version_is_kept_is_said_in_units_of_time_or_none) {
  BOOST_TEST(next({"migrate", "online"}).exit_code == 0);
  const ProgramResult wrong = next({"migrate", "offline", "--keep", "long"});
  BOOST_TEST(wrong.exit_code == 2);
  BOOST_TEST(contains(wrong.errors, "\"long\" is not a time like 30d, 12h, 90m or 45s, nor none"), wrong.errors);
  const ProgramResult offline = next({"migrate", "offline", "--keep", "none"});
  BOOST_TEST(contains(offline.output, "wallet: version 3 is kept no longer: dropped wallet_records_3\n"), offline.output);
  const ProgramResult refused = run({"migrate", "rollback", "--json"});
  BOOST_TEST(refused.exit_code == 1);
  BOOST_TEST(contains(refused.output, R"({"error":{"code":"migration")"), refused.output);
}

BOOST_AUTO_TEST_CASE(maintenance_drops_what_is_kept) {
  BOOST_TEST(next({"migrate", "online"}).exit_code == 0);
  BOOST_TEST(next({"migrate", "offline"}).exit_code == 0);
  BOOST_TEST(next({"maintenance", "kept-views"}).output == "wallet: nothing to drop\n");
  const ProgramResult dropped = next({"maintenance", "kept-views", "--all", "--json"});
  BOOST_TEST(dropped.exit_code == 0);
  BOOST_TEST(dropped.output == R"({"domain":"wallet","dropped":[{"version":3,"tables":["wallet_records_3"]}]})"
                               "\n");
}

BOOST_AUTO_TEST_CASE(the_states_of_projectors_are_told) {
  BOOST_TEST(next({"migrate", "online"}).exit_code == 0);
  BOOST_TEST(next({"projectors", "status", "--json"}).output ==
             R"({"domain":"wallet","view_schema":"view_schema","projector":"TransactionProjector","active":2,)"
             R"("activating":null,"replaying":null,"plugin":2,"tables":["transaction_records"]})"
             "\n"
             R"({"domain":"wallet","view_schema":"view_schema","projector":"WalletProjector","active":3,)"
             R"("activating":null,"replaying":4,"plugin":4,"tables":["wallet_records"]})"
             "\n");
  const ProgramResult text = run({"projectors", "status", "--domain", "wallet"});
  BOOST_TEST(text.exit_code == 0);
  BOOST_TEST(contains(text.output, "TransactionProjector"), text.output);
}

BOOST_AUTO_TEST_CASE(a_program_is_served_when_what_it_lacks_is_deactivated) {
  // As a plugin leaves it that had one projector more.
  (void)query("insert into sequent_schema.projector_states (name, view_schema, projector, domain, active_version) values"
              " ('view_schema.OldProjector', 'view_schema', 'OldProjector', 'wallet', 1) returning 1");
  const ProgramResult refused = run({"execute"}, create_wallet(some_id));
  BOOST_TEST(refused.exit_code == 1);
  BOOST_TEST(contains(refused.output, "run `seriatim projectors deactivate OldProjector`"), refused.output);
  const ProgramResult done = run({"projectors", "deactivate", "OldProjector", "--json"});
  BOOST_TEST(done.exit_code == 0);
  BOOST_TEST(done.output == R"({"projector":"OldProjector","deactivated":true})"
                            "\n");
  BOOST_TEST(run({"projectors", "deactivate", "OldProjector"}).output == "OldProjector is inactive already\n");
  BOOST_TEST(run({"execute"}, create_wallet(some_id)).exit_code == 0);
}

BOOST_AUTO_TEST_CASE(a_projector_that_the_plugin_has_is_not_deactivated) {
  const ProgramResult refused = run({"projectors", "deactivate", "WalletProjector"});
  BOOST_TEST(refused.exit_code == 2);
  BOOST_TEST(contains(refused.errors, "load the plugin that no longer has it"), refused.errors);
  BOOST_TEST(run({"projectors", "deactivate", "Nobody"}).exit_code == 2);
  BOOST_TEST(run({"projectors", "deactivate"}).exit_code == 2);
  BOOST_TEST(run({"execute"}, create_wallet(some_id)).exit_code == 0);
}

BOOST_AUTO_TEST_SUITE_END()
