// kill -9 of `seriatim execute` in the middle of a stream of commands: what it answered is what is stored.

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <cstdlib>
#include <random>

#include "cli.hpp"
#include "runtime/process.hpp"

namespace {

using namespace seriatim::testing;
using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;

constexpr int kills = 20;
constexpr int commands_each = 400;
const std::vector<std::string> wallets{some_id, other_id, "7d1f0a52-4c0b-4a55-9f62-0c8a5c1f7b33"};

constexpr const char* other_sessions =
    "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    " and backend_type = 'client backend'";

/// Rows that a fold of the events would not leave: wrong balances, wrong running balances, missing and extra rows.
constexpr const char* differences = R"(
with movement as (
  select aggregate_id, sequence_number, event_json,
         case event_type when 'Wallet::Events::MoneyAdded' then 1 when 'Wallet::Events::MoneyDrew' then -1 else 0 end
           * coalesce((event_json->>'amount')::numeric, 0) as amount
    from sequent_schema.event_records
), folded as (
  select aggregate_id, sequence_number, amount,
         sum(amount) over (partition by aggregate_id order by sequence_number) as balance
    from movement
), wallet as (
  select aggregate_id, sum(amount) as balance from movement group by aggregate_id
)
select (select count(*) from wallet f full join view_schema.wallet_records v using (aggregate_id)
         where f.balance is distinct from v.balance)
     + (select count(*) from (select * from folded where amount <> 0) f
          full join view_schema.transaction_records v using (aggregate_id, sequence_number)
         where f.balance is distinct from v.balance or abs(f.amount) is distinct from v.amount)
)";

constexpr const char* gaps =
    "select count(*) from (select from sequent_schema.events group by aggregate_id"
    " having max(sequence_number) <> count(*)) broken";

unsigned seed() {
  const char* given = std::getenv("SERIATIM_TEST_SEED");
  return given != nullptr ? static_cast<unsigned>(std::stoul(given)) : std::random_device{}();
}

std::string source(int round, int number) {
  return std::to_string(round) + "/" + std::to_string(number);
}

std::string stream_of_commands(int round) {
  std::string text;
  for (int i = 1; i <= commands_each; ++i) {
    text += add_money(wallets[static_cast<std::size_t>(i) % wallets.size()], "1", source(round, i));
  }
  return text;
}

struct KillFixture : WalletCli {
  KillFixture() {
    build_views();
    for (const std::string& id : wallets) BOOST_REQUIRE(run({"execute"}, create_wallet(id)).exit_code == 0);
  }

  /// How long a run takes that nobody kills, on this machine and with this build.
  milliseconds run_to_its_end() {
    const auto start = Steady::now();
    BOOST_REQUIRE(run({"--quiet", "execute"}, stream_of_commands(0)).exit_code == 0);
    check_store(0, commands_each);
    return std::chrono::duration_cast<milliseconds>(Steady::now() - start);
  }

  /// How many commands were answered, all of them with ok.
  int run_and_kill(int round, milliseconds after) {
    Program program{settings(with_database({"--quiet", "execute"}))};
    program.feed(stream_of_commands(round));
    int answered = 0;
    const auto count = [&](const std::optional<std::string>& line) {
      if (!line) return;
      ++answered;
      BOOST_TEST(line->starts_with("ok " + std::to_string(answered) + " "), *line);
    };
    const auto end = Steady::now() + after;
    for (auto now = Steady::now(); now < end; now = Steady::now()) {
      count(program.read_line(std::chrono::duration_cast<milliseconds>(end - now) + milliseconds{1}));
    }
    program.kill(SIGKILL);
    const ProgramResult rest = program.finish();
    BOOST_TEST(rest.exit_code == 128 + SIGKILL);
    // An answer is written in one piece, so none can be cut.
    for (const std::string& line : lines_of(rest.output)) count(line);
    return answered;
  }

  /// The server may still be carrying out what the killed program asked for.
  void wait_for_the_server() {
    BOOST_REQUIRE(seriatim::runtime::wait_until(milliseconds{60'000}, [&] { return query(other_sessions) == "0"; }));
  }

  void check_store(int round, int answered) {
    const std::string events =
        " from sequent_schema.event_records where event_json->>'source' like '" + std::to_string(round) + "/%'";
    const int stored_events = std::stoi(query("select count(*)" + events));
    BOOST_TEST(std::stoi(query("select count(distinct event_json->>'source')" + events)) == stored_events);
    BOOST_TEST(stored_events >= answered);
    BOOST_TEST(stored_events <= answered + 1);
    // The commands are executed in order, so those stored are the first ones, each once.
    BOOST_TEST(query("select coalesce(max(split_part(event_json->>'source', '/', 2)::integer), 0)" + events) ==
               std::to_string(stored_events));
    BOOST_TEST(query("select count(*) - (select count(*) from sequent_schema.events) from sequent_schema.commands") ==
               "0");
    BOOST_TEST(query(gaps) == "0");
    BOOST_TEST(query(differences) == "0");
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(killing)

BOOST_FIXTURE_TEST_CASE(a_killed_run_has_stored_what_it_answered_and_at_most_one_command_more, KillFixture) {
  const unsigned chosen = seed();
  BOOST_TEST_MESSAGE("seed " << chosen << "; set SERIATIM_TEST_SEED to repeat");
  std::mt19937 random{chosen};
  std::uniform_int_distribution<int> moment{1, static_cast<int>(run_to_its_end().count())};
  int answered_in_all = 0;
  for (int round = 1; round <= kills; ++round) {
    const int after = moment(random);
    BOOST_TEST_CONTEXT("seed " << chosen << ", round " << round << ", killed after " << after << " ms") {
      const int answered = run_and_kill(round, milliseconds{after});
      wait_for_the_server();
      check_store(round, answered);
      answered_in_all += answered;
    }
  }
  BOOST_TEST_MESSAGE(answered_in_all << " commands answered in " << kills << " killed runs");
  BOOST_TEST(answered_in_all > 0);
}

BOOST_AUTO_TEST_SUITE_END()
