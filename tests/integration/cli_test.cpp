// The program from outside: arguments, configuration, the wallet's story, answers and exit codes.

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <fstream>
#include <regex>
#include <set>

#include "cli.hpp"

namespace {

using namespace seriatim::testing;

const std::string unreachable = "postgresql://nobody@/nothing?host=/nonexistent";

constexpr const char* balances = "select balance from view_schema.wallet_records";
constexpr const char* transactions =
    "select case event_type when 'Wallet::Events::MoneyAdded' then 'IN' else 'OUT' end,"
    "       trim_scale((event_json->>'amount')::numeric)"
    "  from sequent_schema.event_records"
    " where event_type in ('Wallet::Events::MoneyAdded', 'Wallet::Events::MoneyDrew') order by sequence_number";

struct WalletWithFifteen : WalletCli {
  WalletWithFifteen() {
    build_views();
    story = run({"execute"}, create_wallet(some_id) + add_money(some_id, "20") + draw_money(some_id, "5"));
  }
  ProgramResult story;
};

void write(const std::filesystem::path& file, const std::string& text) {
  std::ofstream{file} << text;
}

/// Of one line of `events --json`.
std::string mark_of(const std::string& line) {
  static const std::regex mark{R"re("mark":"([^"]+)",)re"};
  std::smatch match;
  return std::regex_search(line, match, mark) ? match[1].str() : "";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(command_line)

BOOST_AUTO_TEST_CASE(help_at_every_level_exits_with_0) {
  const Cli cli;
  const std::vector<Arguments> levels{
      {},
      {"local"},
      {"local", "start"},
      {"local", "stop"},
      {"local", "status"},
      {"local", "url"},
      {"db"},
      {"db", "create"},
      {"db", "migrate"},
      {"db", "status"},
      {"db", "drop"},
      {"execute"},
      {"events"},
      {"aggregate"},
      {"aggregate", "show"},
      {"migrate"},
      {"migrate", "plan"},
      {"migrate", "online"},
      {"migrate", "offline"},
      {"migrate", "status"},
      {"migrate", "current-version"},
      {"migrate", "pending"},
      {"migrate", "running"},
      {"plugin"},
      {"plugin", "check"},
  };
  for (Arguments level : levels) {
    level.emplace_back("--help");
    const ProgramResult help = cli.run_bare(level);
    BOOST_TEST(help.exit_code == 0);
    BOOST_TEST(contains(help.output, "Usage: seriatim"), help.output);
    BOOST_TEST(help.errors == "");
  }
}

BOOST_AUTO_TEST_CASE(the_top_help_explains_the_exit_codes) {
  const std::string help = Cli{}.run_bare({"--help"}).output;
  BOOST_TEST(contains(help, "Exit codes:"));
  BOOST_TEST(contains(help, "7  the database cannot be reached"));
}

BOOST_AUTO_TEST_CASE(the_version_is_printed) {
  const ProgramResult result = Cli{}.run_bare({"--version"});
  BOOST_TEST(result.exit_code == 0);
  BOOST_TEST(result.output == "seriatim " SERIATIM_VERSION "\n");
}

BOOST_AUTO_TEST_CASE(bad_arguments_exit_with_2_and_a_sentence) {
  const Cli cli;
  const std::vector<std::pair<Arguments, std::string>> cases{
      {{"--bogus"}, "--bogus"},
      {{"frobnicate"}, "frobnicate"},
      {{}, "a command is missing behind `seriatim`"},
      {{"migrate"}, "a command is missing behind `seriatim migrate`"},
      {{"events", "--aggregate", "abc"}, "\"abc\" is not a UUID"},
      {{"events", "--limit", "-1"}, "\"-1\" is not a whole number of at least 0"},
      {{"aggregate", "show"}, "ID is required"},
      {{"--quiet", "--verbose", "local", "url"}, "--quiet excludes --verbose"},
  };
  for (const auto& [arguments, sentence] : cases) {
    const ProgramResult result = cli.run_bare(arguments);
    BOOST_TEST(result.exit_code == 2);
    BOOST_TEST(result.errors.starts_with("seriatim: "), result.errors);
    BOOST_TEST(contains(result.errors, sentence), result.errors);
    BOOST_TEST(result.output == "");
  }
}

BOOST_AUTO_TEST_CASE(errors_are_json_objects_for_machines_too) {
  const Cli cli;
  BOOST_TEST(contains(cli.run_bare({"--bogus", "--json"}).output, R"({"error":{"code":"usage","message":)"));
  const ProgramResult lost = cli.run_bare({"--json", "--database", unreachable, "db", "status"});
  BOOST_TEST(lost.output.starts_with(R"({"error":{"code":"connection_lost","message":)"), lost.output);
}

BOOST_AUTO_TEST_CASE(a_database_that_cannot_be_reached_exits_with_7) {
  const Cli cli;
  for (const Arguments& command : {Arguments{"db", "status"}, {"db", "create"}, {"execute"}, {"events"}}) {
    Arguments all{"--database", unreachable};
    all.insert(all.end(), command.begin(), command.end());
    const ProgramResult result = cli.run_bare(all, add_money(some_id, "1"));
    BOOST_TEST(result.exit_code == 7);
    BOOST_TEST(result.errors.starts_with("seriatim: "), result.errors);
    BOOST_TEST(result.output == "");
  }
}

BOOST_FIXTURE_TEST_CASE(the_wallet_story_leaves_15_and_its_transactions_in_plain_sql, WalletWithFifteen) {
  BOOST_TEST(story.exit_code == 0);
  const std::vector<std::string> expected{"ok 1 Wallet::Commands::CreateWallet " + some_id + " #1",
                                          "ok 2 Wallet::Commands::AddMoney " + some_id + " #2",
                                          "ok 3 Wallet::Commands::DrawMoney " + some_id + " #3"};
  BOOST_TEST(lines_of(story.output) == expected, boost::test_tools::per_element());
  BOOST_TEST(contains(story.errors, "3 commands: 3 ok, in "), story.errors);
  BOOST_TEST(query(balances) == "15.00");
  BOOST_TEST(query(transactions) == "IN|20\nOUT|5");
}

BOOST_FIXTURE_TEST_CASE(a_draw_beyond_the_balance_exits_with_3_and_changes_nothing, WalletWithFifteen) {
  const std::string before = stored();
  const ProgramResult result = run({"execute"}, draw_money(some_id, "100"));
  BOOST_TEST(result.exit_code == 3);
  BOOST_TEST(result.output ==
             "refused 1 Wallet::Commands::DrawMoney: the balance of 15 does not cover a draw of 100\n");
  BOOST_TEST(stored() == before);
  BOOST_TEST(query(balances) == "15.00");
}

BOOST_FIXTURE_TEST_CASE(answers_are_json_objects_for_machines, WalletWithFifteen) {
  const ProgramResult result = run({"--json", "--quiet", "execute"},
                                   add_money(some_id, "1") + draw_money(some_id, "100") + draw_money(some_id, "-1"));
  BOOST_TEST(result.exit_code == 3);
  BOOST_TEST(result.errors == "");
  const std::vector<std::string> lines = lines_of(result.output);
  BOOST_REQUIRE(lines.size() == 3U);
  BOOST_TEST(lines[0] == R"({"line":1,"status":"ok","events":[{"aggregate_id":")" + some_id +
                             R"(","sequence_number":4,"type":"Wallet::Events::MoneyAdded"}]})");
  BOOST_TEST(lines[1] == R"({"line":2,"status":"refused","error":{"code":"domain","name":"insufficient_funds",)"
                         R"("message":"the balance of 16 does not cover a draw of 100"}})");
  BOOST_TEST(contains(lines[2], R"("status":"invalid","error":{"code":"command_not_valid")"));
  BOOST_TEST(contains(lines[2], R"("attributes":{"amount":[{"code":"greater_than","message":)"));
}

BOOST_FIXTURE_TEST_CASE(commands_can_come_from_a_file, WalletCli) {
  write(directory() / "commands.jsonl", create_wallet(some_id) + "\r\n" + add_money(some_id, "1"));
  const ProgramResult result = run({"execute", "commands.jsonl"});
  BOOST_TEST(result.exit_code == 0);
  BOOST_TEST(contains(result.output, "ok 3 Wallet::Commands::AddMoney"));
  const ProgramResult missing = run({"execute", "missing.jsonl"});
  BOOST_TEST(missing.exit_code == 2);
  BOOST_TEST(contains(missing.errors, "cannot read missing.jsonl: No such file or directory"), missing.errors);
}

BOOST_FIXTURE_TEST_CASE(a_command_is_answered_before_the_next_one_is_given, WalletCli) {
  Program program{settings(with_database({"execute"}))};
  for (const std::string& command : {create_wallet(some_id), add_money(some_id, "1"), add_money(some_id, "2")}) {
    program.feed(command);
    const auto answer = program.read_line(std::chrono::seconds{60});
    BOOST_TEST(answer.value_or("").starts_with("ok "));
  }
  BOOST_TEST(stored() == "3|3");
  BOOST_TEST(program.finish().exit_code == 0);
}

BOOST_FIXTURE_TEST_CASE(an_interrupted_run_stops_between_two_commands_and_says_so, WalletCli) {
  for (const int signal : {SIGINT, SIGTERM}) {
    Program program{settings(with_database({"execute"}))};
    program.feed(create_wallet(signal == SIGINT ? some_id : other_id) + R"({"type":"half a )");
    BOOST_TEST(program.read_line(std::chrono::seconds{60}).value_or("").starts_with("ok 1"));
    program.kill(signal);
    const std::optional<std::string> more = program.read_line(std::chrono::seconds{60});
    const ProgramResult result = program.finish();
    BOOST_TEST(!more);
    BOOST_TEST(result.exit_code == 1);
    BOOST_TEST(contains(result.errors, "stopped by a signal"), result.errors);
    BOOST_TEST(contains(result.errors, "1 command: 1 ok"), result.errors);
  }
}

BOOST_FIXTURE_TEST_CASE(a_server_that_goes_away_stops_the_run_with_7, WalletCli) {
  Program program{settings(with_database({"execute"}))};
  program.feed(create_wallet(some_id));
  BOOST_TEST(program.read_line(std::chrono::seconds{60}).value_or("").starts_with("ok 1"));
  const std::string gone = query(
      "select count(pg_terminate_backend(pid, 60000)) > 0 from pg_stat_activity"
      " where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'");
  BOOST_TEST(gone == "t");
  program.feed(add_money(some_id, "1") + add_money(some_id, "2"));
  const ProgramResult result = program.finish();
  // A pool may notice that the connection is gone and take a new one; what must not happen is a lost answer.
  BOOST_TEST((result.exit_code == 7 || result.exit_code == 0));
  const auto answers = lines_of(result.output);
  BOOST_TEST(answers.size() == (result.exit_code == 7 ? 1U : 2U));
  BOOST_TEST(stored() == (result.exit_code == 7 ? "1|1" : "3|3"));
}

BOOST_FIXTURE_TEST_CASE(events_are_filtered_and_limited, WalletWithFifteen) {
  BOOST_TEST(lines_of(run({"events"}).output).size() == 3U);
  BOOST_TEST(lines_of(run({"events", "--limit", "2"}).output).size() == 2U);
  const auto added = lines_of(run({"events", "--type", "Wallet::Events::MoneyAdded", "--json"}).output);
  BOOST_REQUIRE(added.size() == 1U);
  BOOST_TEST(added[0].starts_with(R"({"aggregate_id":")" + some_id + R"(","sequence_number":2,"created_at":")"));
  BOOST_TEST(
      added[0].ends_with(R"("type":"Wallet::Events::MoneyAdded","attributes":{"amount": "20", "source": "API"}})"));
  BOOST_TEST(run({"events", "--aggregate", other_id}).output == "");
  BOOST_TEST(run({"events", "--after", "999999999"}).exit_code == 2);
}

BOOST_FIXTURE_TEST_CASE(the_last_mark_leads_to_the_events_that_come_later, WalletWithFifteen) {
  const std::string mark = mark_of(lines_of(run({"events", "--json"}).output).back());
  BOOST_TEST(run({"events", "--after", mark}).output == "");
  BOOST_TEST(run({"execute"}, add_money(some_id, "7")).exit_code == 0);
  const ProgramResult read = run({"events", "--after", mark, "--json"});
  const auto later = lines_of(read.output);
  BOOST_REQUIRE(later.size() == 1U);
  BOOST_TEST(contains(later[0], R"("sequence_number":4,)"), later[0]);
  BOOST_TEST(run({"events", "--after", mark_of(later[0])}).output == "");
  // For people, it is in a note.
  const std::string note = "what comes after these: --after ";
  BOOST_REQUIRE(contains(read.errors, note));
  const std::string next = lines_of(read.errors.substr(read.errors.find(note) + note.size()))[0];
  BOOST_TEST(run({"events", "--after", next}).output == "");
  const std::string now = lines_of(run({"events", "--mark"}).output)[0];
  BOOST_TEST(run({"execute"}, add_money(some_id, "8")).exit_code == 0);
  BOOST_TEST(lines_of(run({"events", "--after", next}).output).size() == 1U);
  BOOST_TEST(lines_of(run({"events", "--after", now}).output).size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_limit_cuts_where_the_mark_of_the_last_line_goes_on, WalletWithFifteen) {
  const auto first = lines_of(run({"events", "--limit", "2", "--json"}).output);
  const auto rest = lines_of(run({"events", "--after", mark_of(first.back()), "--json"}).output);
  BOOST_REQUIRE(rest.size() == 1U);
  BOOST_TEST(contains(rest[0], R"("sequence_number":3,)"), rest[0]);
}

BOOST_FIXTURE_TEST_CASE(an_event_without_a_transaction_counts_as_stored_before_all_marks, WalletWithFifteen) {
  (void)query("update sequent_schema.events set xact_id = null where sequence_number = 1 returning 1");
  const auto lines = lines_of(run({"events", "--json"}).output);
  BOOST_REQUIRE(lines.size() == 3U);
  BOOST_TEST(contains(lines[0], R"("transaction":0,)"), lines[0]);
  BOOST_TEST(lines_of(run({"events", "--after", "0"}).output).size() == 3U);
  BOOST_TEST(lines_of(run({"events", "--after", mark_of(lines[0])}).output).size() == 2U);
}

BOOST_FIXTURE_TEST_CASE(aggregates_are_listed_by_type_in_the_order_of_their_ids, WalletWithFifteen) {
  BOOST_TEST(run({"execute"}, create_wallet(other_id)).exit_code == 0);
  BOOST_TEST(run({"aggregate", "list"}).output == some_id + " Wallet::Wallet\n" + other_id + " Wallet::Wallet\n");
  BOOST_TEST(run({"aggregate", "list", "--type", "Wallet::Wallet", "--after", some_id}).output ==
             other_id + " Wallet::Wallet\n");
  BOOST_TEST(run({"aggregate", "list", "--type", "No::Such"}).output == "");
  const auto lines = lines_of(run({"aggregate", "list", "--limit", "1", "--json"}).output);
  BOOST_REQUIRE(lines.size() == 1U);
  BOOST_TEST(lines[0].starts_with(R"({"aggregate_id":")" + some_id + R"(","type":"Wallet::Wallet","partition_key":"",)"));
}

BOOST_FIXTURE_TEST_CASE(an_empty_input_is_a_mistake_unless_it_is_allowed, WalletCli) {
  const ProgramResult refused = run({"execute"}, "\n\n");
  BOOST_TEST(refused.exit_code == 2);
  BOOST_TEST(contains(refused.errors, "the input has no commands"), refused.errors);
  BOOST_TEST(contains(refused.errors, "--allow-empty"), refused.errors);
  const ProgramResult allowed = run({"execute", "--allow-empty", "-"}, "\n");
  BOOST_TEST(allowed.exit_code == 0);
  BOOST_TEST(allowed.output == "");
  BOOST_TEST(contains(allowed.errors, "the input has no commands"), allowed.errors);
  BOOST_TEST(run({"execute", "--allow-empty"}, "no command\n").exit_code == 2);
}

BOOST_FIXTURE_TEST_CASE(an_aggregate_is_shown_as_it_is_and_as_it_was, WalletWithFifteen) {
  BOOST_TEST(run({"aggregate", "show", some_id, "--json"}).output ==
             R"({"aggregate_id":")" + some_id +
                 R"(","type":"Wallet::Wallet","sequence_number":3,"state":{"user_id":"2","balance":"15"}})" + "\n");
  const std::string before = run({"aggregate", "show", some_id, "--at", "2"}).output;
  BOOST_TEST(before == "Wallet::Wallet " + some_id + " #2\n{\n  \"user_id\": \"2\",\n  \"balance\": \"20\"\n}\n");
  const ProgramResult missing = run({"aggregate", "show", other_id});
  BOOST_TEST(missing.exit_code == 3);
  BOOST_TEST(contains(missing.errors, "there is no aggregate with id " + other_id), missing.errors);
}

BOOST_FIXTURE_TEST_CASE(the_configuration_file_names_database_plugins_and_schema, WalletWithFifteen) {
  std::filesystem::create_directory(directory() / "etc");
  std::filesystem::create_symlink(wallet_plugin, directory() / "etc" / "relative.so");
  const std::string text = "database = \"" + url() + "\"\nplugins = [\"relative.so\"]\n";
  write(directory() / "etc" / "shop.toml", text);
  BOOST_TEST(contains(run_bare({"--config", "etc/shop.toml", "aggregate", "show", some_id}).output, "#3"));
  write(directory() / "seriatim.toml", "store_schema = \"elsewhere\"\n");
  const ProgramResult elsewhere = run({"events"});
  BOOST_TEST(elsewhere.exit_code == 1);
  BOOST_TEST(contains(elsewhere.errors, "there is no event store"), elsewhere.errors);
}

BOOST_FIXTURE_TEST_CASE(the_command_line_decides_before_the_environment_and_that_before_the_file, WalletWithFifteen) {
  write(directory() / "seriatim.toml", "database = \"" + unreachable + "\"\nplugins = [\"missing.so\"]\n");
  BOOST_TEST(run_bare({"plugin", "check", wallet_plugin}).exit_code == 0);
  BOOST_TEST(run_bare({"db", "status"}).exit_code == 7);
  BOOST_TEST(run_bare({"events"}).exit_code == 6);
  const std::vector<std::pair<std::string, std::string>> environment{{"SERIATIM_DATABASE_URL", url()},
                                                                     {"SERIATIM_PLUGINS", wallet_plugin + ":"}};
  BOOST_TEST(run_bare({"aggregate", "show", some_id}, {}, environment).exit_code == 0);
  BOOST_TEST(run_bare({"--database", unreachable, "events"}, {}, environment).exit_code == 7);
  BOOST_TEST(run_bare({"--plugin", "missing.so", "events"}, {}, environment).exit_code == 6);
}

BOOST_AUTO_TEST_CASE(a_bad_configuration_file_is_refused_with_its_name) {
  const Cli cli;
  const std::vector<std::pair<std::string, std::string>> cases{
      {"databse = \"x\"", "configuration file bad.toml: unknown key \"databse\""},
      {"database = 42", "configuration file bad.toml: \"database\" is to be a text"},
      {"plugins = \"x\"", "configuration file bad.toml: \"plugins\" is to be a list"},
      {"\ndatabase = ", "configuration file bad.toml: line 2: "},
  };
  for (const auto& [text, sentence] : cases) {
    write(cli.directory() / "bad.toml", text);
    const ProgramResult result = cli.run_bare({"--config", "bad.toml", "db", "status"});
    BOOST_TEST(result.exit_code == 2);
    BOOST_TEST(contains(result.errors, sentence), result.errors);
  }
  const ProgramResult missing = cli.run_bare({"--config", "missing.toml", "db", "status"});
  BOOST_TEST(missing.exit_code == 2);
  BOOST_TEST(contains(missing.errors, "configuration file missing.toml: there is no such file"), missing.errors);
}

BOOST_AUTO_TEST_SUITE_END()
