// Behaviour 12.4: where the kit finds PostgreSQL, and what it leaves there.
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <pqxx/pqxx>

#include "seriatim/testing/throwaway_cluster.hpp"
#include "support/program.hpp"

using namespace seriatim::testing;

namespace {

/// Runs a scenario of this very program in another process.
ProgramResult run_scenario(const std::vector<std::pair<std::string, std::string>>& environment) {
  const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
  return run_program({.arguments = {self, "--run_test=scenarios/each_scenario_begins_with_an_empty_store", "--color_output=no"},
                      .environment = environment});
}

bool says(const ProgramResult& result, const std::string& text) {
  return (result.output + result.errors).find(text) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(scenario_databases)

BOOST_AUTO_TEST_CASE(a_given_server_is_used_and_left_as_it_was) {
  ThrowawayCluster cluster;
  const std::string url = cluster.create_database();
  const ProgramResult result = run_scenario({{"SERIATIM_TEST_STORE", "postgres"}, {"SERIATIM_TEST_DATABASE_URL", url}});
  BOOST_TEST(result.exit_code == 0, result.output << result.errors);
  pqxx::connection connection{url};
  pqxx::nontransaction work{connection};
  BOOST_TEST(work.exec("select from pg_database where datname like 'seriatim_test_%'").empty());
  // Two scenarios at once had a database each; roles stay, as they belong to the server.
  BOOST_TEST(!work.exec("select from pg_roles where rolname = 'seriatim_application'").empty());
}

BOOST_AUTO_TEST_CASE(a_kind_of_store_that_there_is_not_is_refused_by_name) {
  const ProgramResult result = run_scenario({{"SERIATIM_TEST_STORE", "oracle"}});
  BOOST_TEST(result.exit_code != 0);
  BOOST_TEST(says(result, "SERIATIM_TEST_STORE is \"oracle\": set it to memory or postgres"));
}

BOOST_AUTO_TEST_CASE(an_address_that_is_no_url_is_refused) {
  const ProgramResult result =
      run_scenario({{"SERIATIM_TEST_STORE", "postgres"}, {"SERIATIM_TEST_DATABASE_URL", "host=nowhere"}});
  BOOST_TEST(result.exit_code != 0);
  BOOST_TEST(says(result, "write it as postgresql://user@host/database"));
}

BOOST_AUTO_TEST_SUITE_END()
