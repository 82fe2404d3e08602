// What the program takes for a number or a text, and what it refuses before it does anything.

#include <boost/test/unit_test.hpp>

#include "cli.hpp"

namespace {

using namespace seriatim::testing;

/// What is not refused goes no further than this.
const std::vector<std::pair<std::string, std::string>> no_database{
    {"SERIATIM_DATABASE_URL", "postgresql://nobody@/nothing?host=/nonexistent"}};

}  // namespace

BOOST_AUTO_TEST_SUITE(cli_arguments)

BOOST_FIXTURE_TEST_CASE(numbers_with_leading_zeros_are_decimal, WalletCli) {
  std::string input = create_wallet(some_id);
  for (int i = 0; i < 11; ++i) input += add_money(some_id, "1");
  BOOST_REQUIRE(run({"execute"}, input).exit_code == 0);
  BOOST_TEST(lines_of(run({"events", "--limit", "010"}).output).size() == 10U);
  BOOST_TEST(contains(run({"aggregate", "show", some_id, "--at", "010", "--json"}).output, R"("sequence_number":10)"));
  BOOST_TEST(contains(run({"audit", "command", "010"}).output, "> command 10 "));
  BOOST_TEST(run({"migrate", "online", "--workers", "01"}).exit_code == 0);
  BOOST_TEST(run({"migrate", "offline", "--wait", "08"}).exit_code == 0);
  BOOST_TEST(run({"execute", "--retries", "08"}, add_money(some_id, "1")).exit_code == 0);
  BOOST_TEST(run({"execute", "--pipeline", "--lanes", "02"}, add_money(some_id, "1")).exit_code == 0);
  const ProgramResult limited = run({"execute", "--max-line", "0001KiB"}, std::string(1025, 'x') + "\n");
  BOOST_TEST(contains(limited.output, "the line is longer than 1,024 bytes"), limited.output);
}

BOOST_AUTO_TEST_CASE(a_negative_max_line_is_refused) {
  const Cli cli;
  for (const char* size : {"-1", "-1MiB", "+1", "MiB", "0x10", "1.5MiB", "99999999999999999999"}) {
    const ProgramResult result = cli.run_bare({"execute", "--max-line", size}, {}, no_database);
    BOOST_TEST(result.exit_code == 2, size);
    BOOST_TEST(contains(result.errors, "--max-line: "), result.errors);
  }
}

BOOST_AUTO_TEST_CASE(numbers_out_of_range_are_refused_with_the_range) {
  const Cli cli;
  BOOST_TEST(contains(cli.run_bare({"execute", "--pipeline", "--lanes", "65"}).errors,
                      "\"65\" is not a whole number from 1 to 64"));
  BOOST_TEST(contains(cli.run_bare({"execute", "--retries", "1e3"}).errors,
                      "\"1e3\" is not a whole number from 0 to 1000"));
}

BOOST_AUTO_TEST_CASE(an_option_with_an_empty_value_is_refused) {
  const Cli cli;
  const std::vector<Arguments> cases{
      {"events", "--type=", "--json"},
      {"events", "--type", ""},
      {"events", "--after", ""},
      {"maintenance", "kept-views", "--all", "--domain", ""},
      {"migrate", "rollback", "--domain="},
      {"projectors", "verify", "--repair", ""},
      {"execute", ""},
      {"--database", "", "db", "drop", "--yes"},
      {"db", "drop", "--yes", "--database="},
      {"db", "status", "--config", ""},
      {"db", "status", "--plugin", ""},
  };
  for (const Arguments& arguments : cases) {
    const ProgramResult result = cli.run_bare(arguments, {}, no_database);
    BOOST_TEST(result.exit_code == 2, arguments.back() << ": " << result.errors);
    BOOST_TEST(contains(result.errors, ": the value is empty: give one, or leave it out"), result.errors);
  }
}

BOOST_AUTO_TEST_SUITE_END()
