// What the generators write is compiled, tested and run, from an installation and outside of the source tree.

#include <boost/test/unit_test.hpp>
#include <pqxx/pqxx>
#include <regex>

#include "project.hpp"
#include "support/shared_cluster.hpp"

using namespace seriatim::testing;

namespace {

struct NewProject : Workshop {
  NewProject() {
    require(seriatim({"new", "blog"}, folder()));
    configure();
    build_and_test();
  }
};

/// Made and built by the first test that asks for it; the later ones add to it.
const Workshop& workshop() {
  static const NewProject made;
  return made;
}

void generate(Arguments arguments) {
  arguments.insert(arguments.begin(), "generate");
  Workshop::require(workshop().seriatim(std::move(arguments), workshop().project()));
}

std::string tests_of_the_project() {
  return workshop().run({(workshop().project() / "build/dev/blog_tests").string(), "--list_content"}, workshop().project()).errors;
}

bool lists(const std::string& tests, const std::string& name) { return tests.find(name + "*") != std::string::npos; }

}  // namespace

BOOST_AUTO_TEST_SUITE(generated_project)

BOOST_AUTO_TEST_CASE(a_new_project_builds_and_passes_its_tests_as_generated) {
  BOOST_TEST(lists(tests_of_the_project(), "a_second_like_by_one_reader_is_refused"));
}

BOOST_AUTO_TEST_CASE(generated_aggregates_commands_and_events_build_and_pass_their_tests) {
  generate({"aggregate", "invoice", "number:string", "issued_on:date", "due_on:date?", "lines:string[]"});
  generate({"command", "invoice", "SendInvoice", "recipient:string", "amount:decimal"});
  generate({"event", "invoice", "InvoiceSent", "recipient:string", "amount:decimal"});
  // Every type, in both other forms as well, and more than fits on a line.
  generate({"event", "invoice", "InvoiceAnnotated", "text:string", "count:integer", "rank:int", "ratio:double", "sum:decimal",
            "urgent:bool", "day:date", "moment:timestamp", "author:uuid", "editor:uuid?", "urgencies:bool[]", "sums:decimal[]",
            "remark:string?"});
  generate({"command", "invoice", "AnnotateInvoice", "text:string", "count:integer", "rank:int", "ratio:double",
            "sum:decimal", "urgent:bool", "day:date", "moment:timestamp", "author:uuid", "editor:uuid?", "urgencies:bool[]",
            "sums:decimal[]", "remark:string?"});
  // Without attributes, and of the aggregate that the project began with.
  generate({"event", "post", "PostArchived"});
  generate({"command", "post", "ArchivePost"});
  generate({"aggregate", "SalesOrder"});
  generate({"command", "SalesOrder", "PlaceSalesOrder", "placed_on:date"});
  workshop().build_and_test();
  const std::string tests = tests_of_the_project();
  for (const char* name : {"an_invoice_is_created_only_once", "send_invoice_without_what_it_requires_is_not_valid",
                           "the_state_follows_invoice_annotated", "post_archived_is_stored_under_its_name",
                           "a_sales_order_is_created_with_what_the_command_says"}) {
    BOOST_TEST(lists(tests, name), name);
  }
}

BOOST_AUTO_TEST_CASE(the_plugin_of_a_new_project_keeps_its_table) {
  const std::string url = shared_cluster().create_database();
  const auto run = [&](Arguments arguments, std::string_view input = {}) {
    arguments.insert(arguments.begin(), {"--database", url});
    Workshop::require(workshop().seriatim(std::move(arguments), workshop().project(), input));
  };
  run({"db", "create"});
  run({"migrate", "online"});
  run({"migrate", "offline"});
  const std::string commands = content(workshop().project() / "README.md");
  const std::size_t begin = commands.find("```json\n") + 8;
  run({"execute"}, commands.substr(begin, commands.find("```", begin) - begin));
  pqxx::connection connection{url};
  pqxx::nontransaction session{connection};
  const pqxx::result rows = session.exec("select title, likes from view_schema.posts");
  BOOST_REQUIRE(rows.size() == 1U);
  BOOST_TEST(rows[0][0].as<std::string>() == "Hello");
  BOOST_TEST(rows[0][1].as<int>() == 1);
}

BOOST_AUTO_TEST_CASE(a_table_without_its_suffix_stops_the_configuration_and_names_the_file) {
  const std::filesystem::path file = workshop().project() / "sql/views/posts.sql";
  const std::string before = content(file);
  std::ofstream{file} << "create table posts (aggregate_id uuid primary key);\n";
  const ProgramResult refused = workshop().run({SERIATIM_CMAKE, "--preset", "dev"}, workshop().project());
  std::ofstream{file} << before;
  BOOST_TEST(refused.exit_code != 0);
  // CMake breaks the sentence into lines.
  const std::string words = std::regex_replace(refused.errors, std::regex{"\\s+"}, " ");
  BOOST_TEST(words.find("sql/views/posts.sql does not contain %SUFFIX%: write it into every name") != std::string::npos, words);
}

BOOST_AUTO_TEST_SUITE_END()
