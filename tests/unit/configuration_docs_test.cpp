// docs/configuration.md: whatever can be set is in it, with the default that it has.

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <map>
#include <set>

#include "document.hpp"
#include "seriatim/execution.hpp"
#include "seriatim/options.hpp"
#include "seriatim/pipeline.hpp"
#include "settings.hpp"

using namespace seriatim;
using namespace seriatim::testing;

namespace {

const std::string& page() {
  static const std::string text = text_of("docs/configuration.md");
  return text;
}

/// The text below a heading or a table's first column, up to the next heading or table.
std::string part(const std::string& beginning) {
  const std::size_t first = page().find(beginning);
  BOOST_REQUIRE_MESSAGE(first != std::string::npos, "docs/configuration.md has: " << beginning);
  const std::string rest = page().substr(first + beginning.size());
  return rest.substr(0, std::min(rest.find("\n#"), rest.find("\n| member of")));
}

/// The members of a struct, read from its header: the name before "=", "{" or ";".
std::set<std::string> members_of(const std::string& header, const std::string& name) {
  const std::string text = text_of("framework/include/seriatim/" + header);
  const std::size_t begin = text.find("\nstruct " + name + " {");
  BOOST_REQUIRE_MESSAGE(begin != std::string::npos, header << " has struct " << name);
  std::set<std::string> members;
  for (const std::string& line : lines_of(text.substr(begin, text.find("\n};", begin) - begin))) {
    std::smatch match;
    static const std::regex member{R"(^  [A-Za-z][\w:<>*&() ,]* (\w+)( = [^;]*|\{[^;]*\})?;)"};
    if (line.find("static ") == std::string::npos && std::regex_search(line, match, member)) members.insert(match[1]);
  }
  return members;
}

/// name -> default, of the rows of a table: | `name` | default | meaning |
std::map<std::string, std::string> rows_of(const std::string& text) {
  static const std::regex row{R"(\n\| `(\w+)` \| ([^|]*) \|)"};
  std::map<std::string, std::string> rows;
  for (std::sregex_iterator match{text.begin(), text.end(), row}, end; match != end; ++match) {
    const std::string value = std::regex_replace(std::string{(*match)[2]}, std::regex{"`"}, "");
    rows.emplace((*match)[1], value);
  }
  return rows;
}

/// A table lists exactly the members of a struct.
void require_complete(const std::string& beginning, const std::string& header, const std::string& name) {
  const std::set<std::string> members = members_of(header, name);
  const auto rows = rows_of(part(beginning));
  BOOST_TEST(members.size() > 2U, name << " has members");
  for (const std::string& member : members) BOOST_TEST(rows.contains(member), name << "::" << member << " has a row");
  for (const auto& row : rows) BOOST_TEST(members.contains(row.first), row.first << " is a member of " << name);
}

void require_default(const std::string& beginning, const std::string& member, const std::string& value) {
  BOOST_TEST(rows_of(part(beginning))[member] == value, member);
}

/// What the sources ask the environment for.
std::set<std::string> variables() {
  std::set<std::string> names;
  for (const char* folder : {"framework/src", "tools/cli", "tools/git_import"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator{source_directory / folder}) {
      if (entry.path().extension() != ".cpp") continue;
      const std::string source = text_of(entry.path().lexically_relative(source_directory));
      for (std::string& name : all_matches(source, R"rx((?:getenv|environment)\("(SERIATIM_\w+)"\))rx")) names.insert(std::move(name));
    }
  }
  return names;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(configuration_page)

BOOST_AUTO_TEST_CASE(every_key_of_the_configuration_file_is_explained) {
  const auto keys = all_matches(cli::configuration_keys(), "(\\w+)");
  BOOST_TEST(keys.size() >= 4U);
  const std::string text = part("### The configuration file");
  for (const std::string& key : keys) BOOST_TEST(text.find("\n| `" + key + "` |") != std::string::npos, key);
}

BOOST_AUTO_TEST_CASE(every_variable_that_is_read_is_explained_and_no_other) {
  const std::set<std::string> read = variables();
  BOOST_TEST(read.size() >= 5U);
  const std::string text = part("### The environment");
  const auto found = all_matches(text, "\n\\| `(SERIATIM_\\w+)` \\|");
  BOOST_TEST(std::set<std::string>(found.begin(), found.end()) == read, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_variable_that_is_empty_counts_as_unset) {
  for (const char* name : {"SERIATIM_STORE_SCHEMA", "SERIATIM_SECRET_COST"}) ::setenv(name, "", 1);
  const Options options = Options::from_environment();
  for (const char* name : {"SERIATIM_STORE_SCHEMA", "SERIATIM_SECRET_COST"}) ::unsetenv(name);
  BOOST_TEST(options.store_schema == Options{}.store_schema);
  BOOST_TEST(options.secret_cost == Options{}.secret_cost);
}

BOOST_AUTO_TEST_CASE(every_member_of_the_options_is_explained) {
  require_complete("### Options", "options.hpp", "Options");
  require_complete("### Execution", "execution.hpp", "Execution");
  require_complete("| member of `RetryPolicy`", "execution.hpp", "RetryPolicy");
  require_complete("### PipelineOptions", "pipeline.hpp", "PipelineOptions");
}

BOOST_AUTO_TEST_CASE(defaults_are_those_of_the_code) {
  const Options options;
  require_default("### Options", "store_schema", options.store_schema);
  require_default("### Options", "application_role", options.application_role);
  require_default("### Options", "reader_role", options.reader_role);
  require_default("### Options", "unknown_commands", options.unknown_commands == UnknownCommands::accept ? "accept" : "refuse");
  require_default("### Options", "max_workflow_depth", std::to_string(options.max_workflow_depth));
  require_default("### Options", "kept_aggregates_bytes", std::to_string(options.kept_aggregates_bytes));
  require_default("### Options", "secret_cost", std::to_string(options.secret_cost));
  require_default("### Options", "timestamp_digits", std::to_string(options.timestamp_digits));
  const RetryPolicy retry;
  require_default("| member of `RetryPolicy`", "attempts", std::to_string(retry.attempts));
  require_default("| member of `RetryPolicy`", "first_pause", std::to_string(retry.first_pause.count() / 1000) + " ms");
  require_default("| member of `RetryPolicy`", "longest_pause", std::to_string(retry.longest_pause.count() / 1000) + " ms");
  const PipelineOptions pipeline;
  require_default("### PipelineOptions", "lanes", std::to_string(pipeline.lanes));
  require_default("### PipelineOptions", "capacity", std::to_string(pipeline.capacity));
  require_default("### PipelineOptions", "when_full", pipeline.when_full == WhenFull::wait ? "wait" : "fail");
  require_default("### PipelineOptions", "lone_command", pipeline.lone_command == LoneCommand::execute ? "execute" : "batch");
  require_default("### PipelineOptions", "batch", std::to_string(pipeline.batch));
  require_default("### PipelineOptions", "batch_time", std::to_string(pipeline.batch_time.count() / 1000) + " ms");
  require_default("### PipelineOptions", "cache_bytes", std::to_string(pipeline.cache_bytes >> 20U) + " MiB");
  require_default("### PipelineOptions", "reconnect_for", std::to_string(pipeline.reconnect_for.count() / 1000) + " s");
}

BOOST_AUTO_TEST_SUITE_END()
