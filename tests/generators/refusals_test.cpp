// The program's side of the generators: what it prints, and what it refuses to do.

#include <boost/test/unit_test.hpp>

#include "project.hpp"

using namespace seriatim::testing;

namespace {

/// A folder in which nothing is, and the program as it was built.
struct Folder {
  [[nodiscard]] ProgramResult run(Arguments arguments) const {
    arguments.insert(arguments.begin(), SERIATIM_CLI);
    return run_program({std::move(arguments), directory.path(), {}});
  }
  [[nodiscard]] bool has(const std::string& path) const { return std::filesystem::exists(directory.path() / path); }

  ThrowawayDirectory directory;
};

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

BOOST_FIXTURE_TEST_SUITE(generator_commands, Folder)

BOOST_AUTO_TEST_CASE(what_was_written_is_printed_for_people_and_machines) {
  const ProgramResult made = run({"new", "blog"});
  BOOST_TEST(made.exit_code == 0);
  BOOST_TEST(contains(made.output, "created blog/domain/plugin.cpp\n"), made.output);
  BOOST_TEST(contains(made.errors, "next: cd blog && cmake --preset dev"), made.errors);
  const ProgramResult added = run({"--json", "generate", "event", "--directory", "blog", "post", "PostArchived"});
  BOOST_TEST(added.exit_code == 0);
  BOOST_TEST(added.output ==
             "{\"created\":[],\"changed\":[\"domain/post/events.hpp\",\"domain/post/post.hpp\",\"tests/post_test.cpp\"],"
             "\"dry_run\":false}\n");
}

BOOST_AUTO_TEST_CASE(a_dry_run_of_a_generator_prints_and_writes_nothing) {
  const ProgramResult asked = run({"new", "blog", "--dry-run"});
  BOOST_TEST(asked.exit_code == 0);
  BOOST_TEST(contains(asked.output, "would create blog/domain/post/post.hpp\n+ #pragma once\n"), asked.output);
  BOOST_TEST(std::filesystem::is_empty(directory.path()));
}

BOOST_AUTO_TEST_CASE(a_folder_with_something_in_it_is_refused_unless_forced) {
  std::filesystem::create_directory(directory.path() / "blog");
  std::ofstream{directory.path() / "blog" / "notes.txt"} << "mine";
  const ProgramResult refused = run({"new", "blog"});
  BOOST_TEST(refused.exit_code == 2);
  BOOST_TEST(contains(refused.errors, "the folder blog is not empty"), refused.errors);
  BOOST_TEST(!has("blog/CMakeLists.txt"));
  BOOST_TEST(run({"new", "blog", "--force"}).exit_code == 0);
  BOOST_TEST(has("blog/CMakeLists.txt"));
  const ProgramResult again = run({"new", "blog", "--force"});
  BOOST_TEST(again.exit_code == 2);
  BOOST_TEST(contains(again.errors, "is there already: nothing was written"), again.errors);
  BOOST_TEST(content(directory.path() / "blog" / "notes.txt") == "mine");
}

BOOST_AUTO_TEST_CASE(a_generator_outside_of_a_project_is_refused) {
  const ProgramResult refused = run({"generate", "aggregate", "invoice"});
  BOOST_TEST(refused.exit_code == 2);
  BOOST_TEST(contains(refused.errors, "run this in a project that `seriatim new` has made"), refused.errors);
}

BOOST_AUTO_TEST_CASE(help_is_there_at_each_level) {
  BOOST_TEST(contains(run({"--help"}).output, "Make a project"));
  BOOST_TEST(contains(run({"new", "--help"}).output, "--dry-run"));
  BOOST_TEST(contains(run({"generate", "--help"}).output, "aggregate"));
  for (const char* generator : {"aggregate", "command", "event"}) {
    const ProgramResult help = run({"generate", generator, "--help"});
    BOOST_TEST(contains(help.output, "decimal, bool, date, timestamp, uuid"), help.output);
  }
  BOOST_TEST(run({"generate"}).exit_code == 2);
}

BOOST_AUTO_TEST_SUITE_END()
