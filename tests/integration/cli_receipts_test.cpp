// Idempotency keys, expected sequence numbers and retries on the command line.
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <random>

#include "cli.hpp"
#include "runtime/process.hpp"

using namespace seriatim::testing;
using std::chrono::milliseconds;

namespace {

/// The line with further members.
std::string with(const std::string& line, const std::string& members) {
  return "{" + members + "," + line.substr(1);
}
std::string keyed(const std::string& line, const std::string& key) {
  return with(line, R"("idempotency_key":")" + key + "\"");
}

constexpr const char* other_sessions =
    "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    " and backend_type = 'client backend'";

unsigned seed() {
  const char* given = std::getenv("SERIATIM_TEST_SEED");
  return given != nullptr ? static_cast<unsigned>(std::stoul(given)) : std::random_device{}();
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(command_line_receipts, WalletCli)

BOOST_AUTO_TEST_CASE(a_repeated_line_is_answered_with_the_first_outcome_and_marked_as_repeated) {
  const std::string lines = create_wallet(some_id) + keyed(add_money(some_id, "5"), "k") + keyed(add_money(some_id, "5"), "k");
  const ProgramResult text = run({"execute"}, lines);
  BOOST_TEST(text.exit_code == 0);
  const auto answers = lines_of(text.output);
  BOOST_REQUIRE(answers.size() == 3U);
  BOOST_TEST(answers[1] == "ok 2 Wallet::Commands::AddMoney " + some_id + " #2");
  BOOST_TEST(answers[2] == "ok 3 Wallet::Commands::AddMoney " + some_id + " #2 (repeated)");
  const ProgramResult json = run({"--json", "execute"}, keyed(add_money(some_id, "5"), "k"));
  BOOST_TEST(json.output == R"({"line":1,"status":"ok","events":[{"aggregate_id":")" + some_id +
                                R"(","sequence_number":2,"type":"Wallet::Events::MoneyAdded"}],"repeated":true})" + "\n");
  BOOST_TEST(stored() == "2|2");
}

BOOST_AUTO_TEST_CASE(a_key_with_another_request_is_refused) {
  const ProgramResult result = run({"--json", "execute"}, create_wallet(some_id) + keyed(add_money(some_id, "5"), "k") +
                                                              keyed(add_money(some_id, "6"), "k"));
  BOOST_TEST(result.exit_code == 3);
  const auto answers = lines_of(result.output);
  BOOST_REQUIRE(answers.size() == 3U);
  BOOST_TEST(contains(answers[2], R"("status":"refused","error":{"code":"idempotency_key_reused")"));
}

BOOST_AUTO_TEST_CASE(a_line_that_expects_another_version_is_a_conflict) {
  const ProgramResult result = run({"execute"}, create_wallet(some_id) +
                                                    with(add_money(some_id, "5"), R"("sequence_number":1)") +
                                                    with(add_money(some_id, "5"), R"("sequence_number":1)"));
  BOOST_TEST(result.exit_code == 4);
  const auto answers = lines_of(result.output);
  BOOST_REQUIRE(answers.size() == 3U);
  BOOST_TEST(answers[1].starts_with("ok 2 "));
  BOOST_TEST(answers[2].starts_with("conflict 3 "));
  BOOST_TEST(contains(answers[2], "is at sequence number 2, and the command expects 1"));
}

BOOST_AUTO_TEST_CASE(a_command_that_no_plugin_handles_is_refused_on_the_command_line) {
  const ProgramResult result = run({"execute"}, R"({"type":"Wallet::Commands::Burn","aggregate_id":")" + some_id + "\"}\n");
  BOOST_TEST(result.exit_code == 3);
  BOOST_TEST(contains(result.output, "refused 1"));
  BOOST_TEST(contains(result.output, "no loaded domain handles commands of type \"Wallet::Commands::Burn\""));
  BOOST_TEST(stored() == "0|0");
}

BOOST_AUTO_TEST_CASE(with_retries_two_programs_on_one_aggregate_have_no_conflict) {
  BOOST_REQUIRE(run({"execute"}, create_wallet(some_id)).exit_code == 0);
  std::string lines;
  for (int i = 0; i < 150; ++i) lines += add_money(some_id, "1");
  Program first{settings(with_database({"--quiet", "execute", "--retries", "500"}))};
  Program second{settings(with_database({"--quiet", "execute", "--retries", "500"}))};
  first.feed(lines);
  first.flush();
  second.feed(lines);
  BOOST_TEST(second.finish().exit_code == 0);
  BOOST_TEST(first.finish().exit_code == 0);
  BOOST_TEST(stored() == "301|301");
  BOOST_TEST(run({"execute", "--retries", "-1"}).exit_code == 2);
}

BOOST_AUTO_TEST_CASE(old_receipts_are_deleted_and_counted) {
  BOOST_REQUIRE(run({"execute"}, create_wallet(some_id) + keyed(add_money(some_id, "5"), "young")).exit_code == 0);
  (void)query("insert into sequent_schema.command_receipts select n::text, '', '{}', now() - interval '31 days' from "
              "generate_series(1, 10500) n returning 1");
  const ProgramResult json = run({"--json", "maintenance", "receipts", "--older-than", "30d"});
  BOOST_TEST(json.exit_code == 0);
  BOOST_TEST(json.output == "{\"deleted\":10500}\n");
  BOOST_TEST(contains(json.errors, "{\"deleted_so_far\":10000}"));
  const ProgramResult text = run({"maintenance", "receipts", "--older-than", "0s"});
  BOOST_TEST(text.output == "deleted 1 receipt\n");
  BOOST_TEST(query("select count(*) from sequent_schema.command_receipts") == "0");
}

BOOST_AUTO_TEST_CASE(the_application_role_expires_receipts_by_the_maintenance_command) {
  (void)query("insert into sequent_schema.command_receipts select n::text, '', '{}', now() - interval '31 days' from "
              "generate_series(1, 3) n returning 1");
  (void)query("grant seriatim_application to current_user");
  const ProgramResult result = run_bare({"--database", url() + "&options=-crole%3Dseriatim_application", "maintenance",
                                         "receipts", "--older-than", "30d"});
  BOOST_TEST(result.exit_code == 0, result.errors);
  BOOST_TEST(result.output == "deleted 3 receipts\n");
  BOOST_TEST(query("select count(*) from sequent_schema.command_receipts") == "0");
}

BOOST_AUTO_TEST_CASE(an_age_needs_a_number_and_a_unit) {
  for (const char* age : {"30", "d", "-1d", "1w", "1.5d", "", "99999999999999999999d", "400000d"}) {
    BOOST_TEST(run({"maintenance", "receipts", "--older-than", age}).exit_code == 2, age);
  }
  BOOST_TEST(run({"maintenance", "receipts"}).exit_code == 2);
  BOOST_TEST(run({"maintenance"}).exit_code == 2);
}

BOOST_AUTO_TEST_CASE(a_killed_run_that_is_started_again_with_the_same_keys_executes_each_line_once) {
  constexpr int commands = 400;
  const unsigned chosen = seed();
  BOOST_TEST_MESSAGE("seed " << chosen << "; set SERIATIM_TEST_SEED to repeat");
  std::mt19937 random{chosen};
  build_views();
  BOOST_REQUIRE(run({"execute"}, create_wallet(some_id)).exit_code == 0);
  std::string lines;
  for (int i = 1; i <= commands; ++i) lines += keyed(add_money(some_id, "1"), "line " + std::to_string(i));
  int answered_before = 0;
  for (int round = 0; round < 6; ++round) {
    Program program{settings(with_database({"--quiet", "execute"}))};
    program.feed(lines);
    // It is killed somewhere behind what the rounds before had stored.
    const int until = std::min(commands - 1, answered_before + 1 + static_cast<int>(random() % 50));
    for (int line = 1; line <= until; ++line) {
      const auto answer = program.read_line(milliseconds{60'000});
      BOOST_REQUIRE(answer.has_value());
      BOOST_TEST(answer->starts_with("ok " + std::to_string(line) + " "), *answer);
      BOOST_TEST((line > answered_before || answer->ends_with("(repeated)")), *answer);
    }
    program.kill(SIGKILL);
    (void)program.finish();
    answered_before = until;
    BOOST_REQUIRE(seriatim::runtime::wait_until(milliseconds{60'000}, [&] { return query(other_sessions) == "0"; }));
  }
  BOOST_TEST(run({"--quiet", "execute"}, lines).exit_code == 0);
  BOOST_TEST(stored() == "401|401");
  BOOST_TEST(query("select balance from view_schema.wallet_records") == "400.00");
  BOOST_TEST(query("select count(*) from sequent_schema.command_receipts") == "400");
}

BOOST_AUTO_TEST_SUITE_END()
