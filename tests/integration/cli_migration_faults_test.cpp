// Behaviour 10.3 to 10.6: seriatim migrate, killed and interrupted at any moment, and asked while it runs.

#include <signal.h>

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <future>
#include <random>

#include "cli.hpp"
#include "runtime/process.hpp"
#include "support/postgres_proxy.hpp"

namespace {

using namespace seriatim::testing;
using Strike = PostgresProxy::Strike;

constexpr int interrupted = 1;
constexpr int rounds = 2;  ///< Of each signal and step.

constexpr const char* tables =
    "select string_agg(tablename, ' ' order by tablename) from pg_tables where schemaname = 'view_schema'";
constexpr const char* sessions_of_the_proxy =
    "select count(*) from pg_stat_activity where datname = current_database() and application_name = 'proxy'";

/// Wallets whose views are at version 1, and the program going to version 2 through a proxy.
struct Fixture : EarlierWalletCli {
  Fixture() {
    build_views("1");
    std::string commands = create_wallet(some_id) + create_wallet(other_id);
    for (int i = 0; i < 14; ++i) commands += add_money(some_id, "3") + add_money(other_id, "2");
    BOOST_REQUIRE(run({"execute"}, commands).exit_code == 0);
  }

  [[nodiscard]] Program::Settings through_the_proxy(const std::string& step) const {
    return settings({"--database", proxy.url(), "--plugin", plugin(), "--quiet", "migrate", step});
  }

  /// How many messages the step takes.
  std::size_t messages_of(const std::string& step) {
    proxy.strike_at(0, Strike::call);
    BOOST_REQUIRE(run_program(through_the_proxy(step)).exit_code == 0);
    return proxy.messages();
  }

  /// Sends the signal at the program's n-th message. The message itself still arrives.
  ProgramResult run_and_signal(const std::string& step, std::size_t n, int signal) {
    std::promise<pid_t> pid;
    proxy.strike_at(n, Strike::call, [known = pid.get_future().share(), signal] { ::kill(known.get(), signal); });
    Program program{through_the_proxy(step)};
    pid.set_value(program.pid());
    const ProgramResult result = program.finish();
    proxy.strike_never();
    BOOST_REQUIRE(seriatim::runtime::wait_until(std::chrono::milliseconds{60'000},
                                                [&] { return query(sessions_of_the_proxy) == "0"; }));
    return result;
  }

  void back_to_version_1() const {
    if (run({"migrate", "current-version"}).output == "2\n") {
      (void)query("drop table view_schema.transaction_records;"
                  "alter table view_schema.seriatim_version_2 rename to seriatim_version_1;"
                  "delete from sequent_schema.kept_views; delete from sequent_schema.projector_states;"
                  "update view_schema.sequent_versions set xmin_xact_id = null where version = 1");
    }
    (void)query("drop table if exists view_schema.transaction_records_2;"
                "delete from view_schema.sequent_versions where version = 2");
  }

  /// The live views are right, the program goes on, and the next run succeeds.
  void check_and_finish(const std::string& step) {
    BOOST_TEST(run({"projectors", "verify", "--full"}).exit_code == 0);
    BOOST_TEST(run({"execute"}, add_money(some_id, "1")).exit_code == 0);
    const bool live = run({"migrate", "current-version"}).output == "2\n";
    const std::string status = run({"migrate", "status"}).output;
    BOOST_TEST(contains(status, live ? "up to date" : "run `migrate "), status);
    if (step == "online" || contains(status, "`migrate online`")) BOOST_TEST(run({"migrate", "online"}).exit_code == 0);
    const ProgramResult offline = run({"migrate", "offline"});
    BOOST_TEST(offline.exit_code == 0, offline.errors);
    BOOST_TEST(run({"projectors", "verify", "--full"}).exit_code == 0);
    BOOST_TEST(query(tables) == "sequent_versions seriatim_version_2 transaction_records wallet_records");
    BOOST_TEST(run({"migrate", "status"}).output.starts_with("wallet: version 2 of 2; up to date\n"));
  }

  void strike_sample(int signal, const std::function<void(const ProgramResult&, bool struck)>& check) {
    const char* given = std::getenv("SERIATIM_TEST_SEED");
    const unsigned seed = given != nullptr ? static_cast<unsigned>(std::stoul(given)) : std::random_device{}();
    std::mt19937 random{seed};
    for (const std::string step : {"online", "offline"}) {
      back_to_version_1();
      if (step == "offline") BOOST_REQUIRE(run({"migrate", "online"}).exit_code == 0);
      std::uniform_int_distribution<std::size_t> message{1, messages_of(step)};
      for (int round = 0; round < rounds; ++round) {
        back_to_version_1();
        if (step == "offline") BOOST_REQUIRE(run({"migrate", "online"}).exit_code == 0);
        const std::size_t n = message(random);
        BOOST_TEST_CONTEXT("seed " << seed << ", signal " << signal << " at message " << n << " of " << step) {
          const ProgramResult result = run_and_signal(step, n, signal);
          BOOST_TEST_MESSAGE("seed " << seed << ", signal " << signal << " at message " << n << " of " << step << ": exit "
                                     << result.exit_code << " " << result.errors);
          check(result, !proxy.struck().empty());
          check_and_finish(step);
        }
      }
    }
  }

  PostgresProxy proxy{url()};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(migrate_faults, Fixture)

BOOST_AUTO_TEST_CASE(a_migration_that_is_killed_at_any_statement_of_a_sample_is_run_again) {
  strike_sample(SIGKILL, [](const ProgramResult& result, bool) { BOOST_TEST(result.exit_code == 128 + SIGKILL); });
}

BOOST_AUTO_TEST_CASE(a_migration_that_is_interrupted_at_any_statement_of_a_sample_ends_cleanly_and_is_run_again) {
  strike_sample(SIGINT, [this](const ProgramResult& result, bool) {
    // Before it begins to migrate the program simply ends; near the end of the work the wish comes too late.
    BOOST_TEST((result.exit_code == 0 || result.exit_code == interrupted || result.exit_code == 128 + SIGINT));
    BOOST_TEST(!contains(run({"migrate", "status"}).output, "was interrupted"));
  });
}

BOOST_AUTO_TEST_CASE(while_one_migration_runs_a_second_is_refused_with_4_and_running_answers_5) {
  const std::size_t middle = messages_of("online") / 2;
  back_to_version_1();
  ProgramResult second;
  ProgramResult running;
  ProgramResult status;
  proxy.strike_at(middle, Strike::call, [&] {
    second = run({"migrate", "online"});
    running = run({"migrate", "running"});
    status = run({"migrate", "status"});
  });
  BOOST_TEST(run_program(through_the_proxy("online")).exit_code == 0);
  BOOST_TEST(!proxy.struck().empty());  // And what the proxy's thread did then can be seen from here on.
  BOOST_TEST(second.exit_code == 4);
  BOOST_TEST(contains(second.errors, "another migration of the views of wallet"), second.errors);
  BOOST_TEST(running.exit_code == 5);
  BOOST_TEST(running.output == "yes: wallet; migrate online to version 2 is running\n", running.output);
  BOOST_TEST(contains(status.output, "migrate online to version 2 is running"), status.output);
  BOOST_TEST(run({"migrate", "offline"}).exit_code == 0);
}

BOOST_AUTO_TEST_CASE(dry_run_tells_events_a_second_of_each_projector_and_changes_nothing) {
  const std::string before = query(tables);
  const ProgramResult text = run({"migrate", "dry-run"});
  BOOST_TEST(text.exit_code == 0);
  BOOST_TEST(text.output.starts_with("wallet: from version 1 to version 2; nothing was written\n"
                                     "  TransactionProjector: 28 events in "),
             text.output);
  BOOST_TEST(text.output.ends_with("/s\n"), text.output);
  const ProgramResult json = run({"migrate", "dry-run", "--json", "--quiet", "--workers", "1"});
  BOOST_TEST(json.output.starts_with(R"({"domain":"wallet","from":1,"to":2,"replays":[{"projector":"TransactionProjector",)"
                                     R"("events":28,"seconds":)"),
             json.output);
  BOOST_TEST(contains(json.output, R"("events_per_second":)"), json.output);
  BOOST_TEST(query(tables) == before);
  build_views("2");
  BOOST_TEST(run({"migrate", "dry-run"}).output == "wallet: from version 2 to version 2: nothing to replay\n");
}

BOOST_AUTO_TEST_CASE(a_lower_version_than_the_database_has_is_refused_by_every_step) {
  build_views("2");
  for (const char* step : {"plan", "dry-run", "online", "offline"}) {
    const ProgramResult refused = run({"migrate", step, "--to", "1"});
    BOOST_TEST(refused.exit_code == 1);
    BOOST_TEST(contains(refused.errors, "are at version 2, which is above the target 1"), refused.errors);
  }
  BOOST_TEST(run({"migrate", "current-version"}).output == "2\n");
}

BOOST_AUTO_TEST_CASE(offline_waits_for_others_as_long_as_it_is_told_and_names_them) {
  BOOST_REQUIRE(run({"migrate", "online"}).exit_code == 0);
  pqxx::connection connection{url()};
  pqxx::work work{connection};
  work.exec("set local application_name = 'slow command'; lock table view_schema.seriatim_version_1 in access share mode");
  const ProgramResult refused = run({"migrate", "offline", "--wait", "0"});
  BOOST_TEST(refused.exit_code == 4);
  BOOST_TEST(contains(refused.errors, "slow command"), refused.errors);
  work.abort();
  BOOST_TEST(run({"migrate", "offline", "--wait", "1"}).exit_code == 0);
}

BOOST_AUTO_TEST_SUITE_END()
