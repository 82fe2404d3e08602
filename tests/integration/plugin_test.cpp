// Plugins that must be refused, each with its own sentence.

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <set>

#include "cli.hpp"
#include "paths.hpp"

namespace {

using namespace seriatim::testing;

struct Refused {
  std::string file;
  std::string refusal;   ///< Its name for machines.
  std::string sentence;  ///< A part of it.
};

std::string built(const char* name) {
  return std::string{SERIATIM_TEST_PLUGIN_DIR "/"} + name + ".so";
}

std::vector<Refused> bad_plugins() {
  return {{"text.so", "not_a_library", "cannot be loaded as a shared library"},
          {"missing.so", "missing_file", "does not exist"},
          {built("other_abi"), "other_abi", "was built for ABI 4711"},
          {built("no_entry"), "no_entry", "has no entry point"},
          {built("not_seriatim"), "not_seriatim", "is not seriatim's"},
          {built("other_compiler"), "other_compiler", "was built with msc 19.40"},
          {built("other_version"), "other_version", "was built against seriatim 0.0.1"},
          {built("throwing"), "registration", "the fish is off today"}};
}

struct PluginCli : Cli {
  PluginCli() { std::ofstream{directory() / "text.so"} << "this is no library\n"; }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(plugins)

BOOST_FIXTURE_TEST_CASE(every_reason_to_refuse_a_plugin_has_its_own_message_and_exit_code_6, PluginCli) {
  std::set<std::string> messages;
  for (const Refused& plugin : bad_plugins()) {
    const ProgramResult result = run_bare({"plugin", "check", plugin.file});
    BOOST_TEST(result.exit_code == 6);
    BOOST_TEST(result.output == "");
    BOOST_TEST(result.errors.starts_with("seriatim: plugin " + plugin.file), result.errors);
    BOOST_TEST(contains(result.errors, plugin.sentence), result.errors);
    messages.insert(plugin.sentence);
  }
  BOOST_TEST(messages.size() == bad_plugins().size());
}

BOOST_FIXTURE_TEST_CASE(machines_are_told_the_reason, PluginCli) {
  for (const Refused& plugin : bad_plugins()) {
    const ProgramResult result = run_bare({"--json", "plugin", "check", plugin.file});
    const std::string start = R"({"error":{"code":"plugin","refusal":")" + plugin.refusal + "\"";
    BOOST_TEST(result.output.starts_with(start), result.output);
  }
}

BOOST_FIXTURE_TEST_CASE(a_refused_plugin_stops_a_command_before_the_database_is_asked, PluginCli) {
  const ProgramResult result = run_bare({"--plugin", built("other_abi"), "execute"}, add_money(some_id, "1"));
  BOOST_TEST(result.exit_code == 6);
  BOOST_TEST(!std::filesystem::exists(directory() / ".seriatim"));
}

BOOST_FIXTURE_TEST_CASE(a_good_plugin_says_what_it_brings, PluginCli) {
  const ProgramResult text = run_bare({"plugin", "check", wallet_plugin});
  BOOST_TEST(text.exit_code == 0);
  BOOST_TEST(text.output.starts_with("plugin wallet is accepted: built against seriatim " SERIATIM_VERSION),
             text.output);
  BOOST_TEST(contains(text.output, "Wallet::Commands::AddMoney"));
  const ProgramResult json = run_bare({"plugin", "check", wallet_plugin, "--json"});
  BOOST_TEST(json.output.starts_with(R"({"name":"wallet","version":")" SERIATIM_VERSION R"(","abi":3,)"), json.output);
  BOOST_TEST(contains(json.output, R"("aggregates":["Wallet::Wallet"])"), json.output);
}

BOOST_FIXTURE_TEST_CASE(a_plugin_given_twice_is_refused, WalletCli) {
  const ProgramResult result = run({"--plugin", wallet_plugin, "events"});
  BOOST_TEST(result.exit_code == 6);
  BOOST_TEST(contains(result.errors, "wallet"), result.errors);
}

BOOST_AUTO_TEST_SUITE_END()
