// What the program makes of standard streams that are full or closed.

#include <boost/test/unit_test.hpp>

#include "cli.hpp"

namespace {

using namespace seriatim::testing;

/// The same run with streams as a shell redirects them: "2>/dev/full".
ProgramResult redirected(const std::string& how, Program::Settings settings, std::string_view input = {}) {
  const Arguments shell{"/bin/sh", "-c", "exec \"$0\" \"$@\" " + how};
  settings.arguments.insert(settings.arguments.begin(), shell.begin(), shell.end());
  return run_program(settings, input);
}

struct RedirectedCli : WalletCli {
  [[nodiscard]] ProgramResult run_with(const std::string& how, const Arguments& arguments,
                                       std::string_view input = {}) const {
    return redirected(how, settings(with_database(arguments)), input);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(cli_streams, RedirectedCli)

BOOST_AUTO_TEST_CASE(a_full_standard_error_changes_no_exit_code) {
  const std::string full = "2>/dev/full";
  BOOST_TEST(run_with(full, {"migrate", "online"}).exit_code == 0);
  BOOST_TEST(run_with(full, {"migrate", "offline"}).exit_code == 0);
  BOOST_TEST(run({"migrate", "pending"}).exit_code == 0);
  const ProgramResult executed = run_with(full, {"execute"}, create_wallet(some_id) + draw_money(some_id, "5"));
  BOOST_TEST(executed.exit_code == 3);
  BOOST_TEST(lines_of(executed.output).size() == 2U);
  BOOST_TEST(run_with(full, {"execute", "--pipeline"}, add_money(some_id, "5")).exit_code == 0);
  BOOST_TEST(run_with(full, {"projectors", "verify"}).exit_code == 0);
  BOOST_TEST(run_with(full, {"events", "--limit", "-1"}).exit_code == 2);
  const Arguments lost{"--database", "postgresql://nobody@/nothing?host=/nonexistent", "db", "status"};
  BOOST_TEST(redirected(full, settings(lost)).exit_code == 7);
}

BOOST_AUTO_TEST_CASE(a_pipeline_whose_answers_cannot_be_written_ends_with_1) {
  std::string input = create_wallet(some_id);
  // More than are kept: whoever reads on must not wait for ever.
  for (int i = 0; i < 20'000; ++i) input += "no command\n";
  for (const Arguments& arguments : {Arguments{"execute"}, {"execute", "--pipeline"}}) {
    const ProgramResult result = run_with(">/dev/full", arguments, input);
    BOOST_TEST(result.exit_code == 1);
    BOOST_TEST(contains(result.errors, "seriatim: cannot write to standard output"), result.errors);
  }
}

BOOST_AUTO_TEST_CASE(a_closed_standard_output_is_an_error_and_never_the_databases_socket) {
  BOOST_REQUIRE(run({"execute"}, create_wallet(some_id)).exit_code == 0);
  const std::vector<Arguments> cases{
      {"migrate", "current-version"}, {"events"}, {"execute"}, {"execute", "--pipeline"}, {"--version"}};
  for (const Arguments& arguments : cases) {
    const ProgramResult result = run_with(">&-", arguments, add_money(some_id, "1"));
    BOOST_TEST(result.exit_code == 1, arguments.back());
    BOOST_TEST(contains(result.errors, "seriatim: cannot write to standard output"), arguments.back() + ": " + result.errors);
  }
}

BOOST_AUTO_TEST_CASE(a_closed_standard_error_changes_no_exit_code) {
  BOOST_TEST(run_with("2>&-", {"migrate", "online"}).exit_code == 0);
  BOOST_TEST(run_with("2>&-", {"migrate", "offline"}).exit_code == 0);
  BOOST_TEST(run_with("2>&-", {"execute"}, create_wallet(some_id) + draw_money(some_id, "5")).exit_code == 3);
}

BOOST_AUTO_TEST_CASE(a_closed_standard_input_is_an_error_and_not_an_empty_one) {
  const ProgramResult result = run_with("<&-", {"execute", "--allow-empty"});
  BOOST_TEST(result.exit_code == 2);
  BOOST_TEST(contains(result.errors, "cannot read standard input"), result.errors);
}

BOOST_AUTO_TEST_SUITE_END()
