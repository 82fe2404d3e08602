// seriatim execute --pipeline
#include <boost/test/unit_test.hpp>

#include "cli.hpp"

namespace {

using namespace seriatim::testing;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(cli_pipeline, WalletCli)

BOOST_AUTO_TEST_CASE(execute_through_a_pipeline_answers_each_line_in_the_order_of_the_lines) {
  build_views();
  std::string input = create_wallet(some_id) + create_wallet(other_id) + draw_money(some_id, "5") + "no command\n";
  for (int i = 0; i < 200; ++i) input += add_money(i % 2 == 0 ? some_id : other_id, "1");
  input += draw_money(some_id, "100") + draw_money(other_id, "101");
  const ProgramResult result = run({"execute", "--pipeline", "--lanes", "3"}, input);
  BOOST_TEST(result.exit_code == 3, result.errors);
  const std::vector<std::string> lines = lines_of(result.output);
  BOOST_REQUIRE(lines.size() == 206U);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const char* outcome = i == 2 || i == 205 ? "refused " : i == 3 ? "malformed " : "ok ";
    BOOST_TEST(lines[i].starts_with(outcome + std::to_string(i + 1)), lines[i]);
  }
  BOOST_TEST(contains(result.errors, "206 commands: 203 ok, 2 refused, 1 malformed, in "));
  BOOST_TEST(contains(result.errors, "99 % within "));
  BOOST_TEST(query("select string_agg(balance::text, ' ' order by balance) from view_schema.wallet_records") == "0.00 100.00");
}

BOOST_AUTO_TEST_CASE(a_pipeline_does_not_stop_at_an_error_and_lanes_are_its_own) {
  BOOST_TEST(run({"execute", "--pipeline", "--stop-on-error"}, "").exit_code == 2);
  BOOST_TEST(run({"execute", "--lanes", "2"}, "").exit_code == 2);
}

BOOST_AUTO_TEST_SUITE_END()
