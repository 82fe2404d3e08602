// seriatim dry-run, and what `execute` says of workflows.

#include <boost/test/unit_test.hpp>

#include "cli.hpp"
#include "paths.hpp"

namespace {

using namespace seriatim::testing;

/// With the plugin of the order domain, whose workflow has big orders noted.
struct OrderCli : Cli {
  OrderCli() {
    for (const Arguments& step : {Arguments{"db", "create"}, {"migrate", "online"}, {"migrate", "offline"}}) {
      const ProgramResult result = run(step);
      if (result.exit_code != 0) throw std::runtime_error{"cannot set up: " + result.errors};
    }
  }

  [[nodiscard]] ProgramResult run(const Arguments& arguments, std::string_view input = {}) const {
    Arguments all{"--database", url, "--plugin", SERIATIM_TEST_PLUGIN_DIR "/orders.so"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return run_bare(all, input);
  }

  static std::string command(const std::string& type, const std::string& attributes) {
    return R"({"type":"Orders::)" + type + R"(","aggregate_id":")" + some_id + '"' + attributes + "}\n";
  }

  std::string url = shared_cluster().create_database();
};

const std::string place_big = OrderCli::command("PlaceOrder", R"(,"amount":"1000","customer":"Ann")");
const std::string pay = OrderCli::command("PayOrder", R"(,"amount":"5")");
const std::string ship = OrderCli::command("ShipOrder", "");

}  // namespace

BOOST_FIXTURE_TEST_SUITE(dry_run_command, OrderCli)

BOOST_AUTO_TEST_CASE(dry_run_prints_a_tree_and_ends_with_3_when_a_command_would_be_refused) {
  const ProgramResult result = run({"dry-run"}, place_big + pay + "\n" + ship + ship);
  BOOST_TEST(result.output ==
             "ok 1 Orders::PlaceOrder " + some_id + " #1 #2\n"
             "  event Orders::OrderPlaced " + some_id + R"( #1 {"amount":"1000","fee":null,"customer":"Ann"})" "\n"
             "    projector OrderProjector\n"
             "    workflow BigOrderWorkflow\n"
             "      command Orders::NoteOrder " + some_id + R"( {"text":"big"})" "\n"
             "        event Orders::OrderNoted " + some_id + R"( #2 {"text":"big"})" "\n"
             "          projector NoteProjector\n"
             "ok 2 Orders::PayOrder " + some_id + " #3\n"
             "  event Orders::OrderPaid " + some_id + R"( #3 {"amount":"5","fee":null})" "\n"
             "    workflow BigOrderWorkflow, work after the commit: 1\n"
             "ok 4 Orders::ShipOrder " + some_id + " #4\n"
             "  event Orders::OrderShipped " + some_id + R"( #4 {"parcels":null})" "\n"
             "refused 5 Orders::ShipOrder: the order is shipped already\n");
  BOOST_TEST(result.exit_code == 3);
  BOOST_TEST(contains(result.errors, "nothing was stored"));
  BOOST_TEST(contains(run({"db", "status", "--json"}).output, R"("events":0)"));
}

BOOST_AUTO_TEST_CASE(dry_run_foresees_the_answers_of_execute) {
  const std::string input = place_big + pay + "nonsense\n" + command("PlaceOrder", R"(,"amount":"x")") + ship + ship;
  const ProgramResult foreseen = run({"dry-run", "-"}, input);
  const ProgramResult done = run({"execute"}, input);
  std::string answers;
  for (const std::string& line : lines_of(foreseen.output)) {
    if (!line.starts_with("  ")) answers += line + "\n";
  }
  BOOST_TEST(answers == done.output);
  BOOST_TEST(foreseen.exit_code == done.exit_code);
  BOOST_TEST(done.exit_code == 2);
  // On top of what is stored now, the first line would be refused.
  BOOST_TEST(run({"dry-run"}, place_big).exit_code == 4);
}

BOOST_AUTO_TEST_CASE(dry_run_prints_an_object_a_line_for_machines) {
  const ProgramResult result = run({"dry-run", "--json"}, place_big + ship + ship);
  const std::vector<std::string> lines = lines_of(result.output);
  BOOST_REQUIRE(lines.size() == 3U);
  BOOST_TEST(lines[0] ==
             R"({"line":1,"status":"ok","commands":[{"type":"Orders::PlaceOrder","aggregate_id":")" + some_id +
                 R"(","attributes":{"amount":"1000","customer":"Ann","fee":null},"outcome":"done","events":[{"aggregate_id":")" +
                 some_id + R"(","sequence_number":1,"type":"Orders::OrderPlaced","attributes":)" +
                 R"({"amount":"1000","fee":null,"customer":"Ann"},"projectors":["OrderProjector"],"workflows":)" +
                 R"([{"name":"BigOrderWorkflow","commands":[{"type":"Orders::NoteOrder","aggregate_id":")" + some_id +
                 R"(","attributes":{"text":"big"},"outcome":"done","events":[{"aggregate_id":")" + some_id +
                 R"(","sequence_number":2,"type":"Orders::OrderNoted","attributes":{"text":"big"},"projectors":)" +
                 R"(["NoteProjector"],"workflows":[]}],"issued":[]}],"after_commit":0}]}],"issued":[]}]})");
  BOOST_TEST(contains(lines[2], R"("status":"refused")"));
  BOOST_TEST(contains(lines[2], R"("outcome":"refused","events":[],"issued":[]}],"error":{"code":"domain","name":)"
                                R"("shipped_already","message":"the order is shipped already"}})"), lines[2]);
  BOOST_TEST(result.exit_code == 3);
}

BOOST_AUTO_TEST_CASE(execute_runs_workflows_and_plugin_check_names_them) {
  BOOST_TEST(run({"execute"}, place_big).output == "ok 1 Orders::PlaceOrder " + some_id + " #1 #2\n");
  BOOST_TEST(contains(run({"plugin", "check", SERIATIM_TEST_PLUGIN_DIR "/orders.so", "--json"}).output,
                      R"("workflows":["BigOrderWorkflow"])"));
}

BOOST_AUTO_TEST_SUITE_END()
