// README.md: the domain that it shows is compiled here. Its commands are run by tests/guides/run_page.

#include <boost/test/unit_test.hpp>
#include <set>

#include "../readme/blog.cpp"
#include "core/registry.hpp"
#include "document.hpp"
#include "migrations/planner.hpp"
#include "seriatim/errors.hpp"
#include "views/replay_persistor.hpp"

using namespace seriatim;
using namespace seriatim::testing;

/// seriatim_add_plugin generates this function for a plugin.
std::span<const SqlFile> blog_view_sql() {
  static const std::string posts = text_of("tests/readme/posts.sql");
  static const SqlFile files[] = {{"posts.sql", posts}};
  return files;
}

namespace {

const Markdown& readme() {
  static const Markdown markdown{text_of("README.md")};
  return markdown;
}

std::string between(const std::string& text, const std::string& begin, const std::string& end) {
  const std::size_t first = text.find(begin);
  const std::size_t last = text.find(end);
  BOOST_REQUIRE(first != std::string::npos);
  BOOST_REQUIRE(last != std::string::npos);
  return text.substr(first + begin.size(), last - first - begin.size());
}

/// Checks that the README has one block of that language, and that it says `expected`.
void require_same(std::string_view language, const std::string& expected) {
  const auto blocks = readme().in_language(language);
  BOOST_REQUIRE(blocks.size() == 1U);
  BOOST_TEST(blocks.front().text == expected);
}

/// The lines of the blocks in the shell's language.
std::vector<std::string> commands() {
  std::vector<std::string> commands;
  for (const Block& block : readme().in_language("sh")) {
    for (const std::string& line : lines_of(block.text)) {
      const std::string command = line.substr(0, line.find('#'));
      const std::size_t last = command.find_last_not_of(' ');
      if (last != std::string::npos) commands.push_back(command.substr(0, last + 1));
    }
  }
  return commands;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(readme_md)

BOOST_AUTO_TEST_CASE(its_domain_is_the_one_that_is_compiled_here) {
  require_same("cpp", between(text_of("tests/readme/blog.cpp"), "// [readme]\n", "// [/readme]"));
}

BOOST_AUTO_TEST_CASE(its_table_and_its_cmake_file_are_those_beside_the_domain) {
  require_same("sql", text_of("tests/readme/posts.sql"));
  require_same("cmake", text_of("tests/readme/CMakeLists.txt"));
}

BOOST_AUTO_TEST_CASE(its_domain_can_be_registered_and_its_views_planned) {
  const core::Registry registry{{blog::domain()}};
  const migrations::Plan plan = migrations::plan(registry.domains().front(), 0, 1);
  BOOST_REQUIRE(plan.replays.size() == 1U);
  BOOST_TEST(plan.replays.front().projector->name == "PostProjector");
  BOOST_TEST(plan.replays.front().tables.front().create_sql.starts_with("create table posts%SUFFIX% ("));
}

BOOST_AUTO_TEST_CASE(its_commands_in_json_are_commands_of_its_domain) {
  const auto blocks = readme().in_language("json");
  BOOST_REQUIRE(blocks.size() == 1U);
  const auto lines = lines_of(blocks.front().text);
  BOOST_REQUIRE(lines.size() == 2U);
  BOOST_TEST(lines[0].starts_with(R"({"type": "Blog::Commands::PublishPost", )"));
  const auto publish = from_json<blog::PublishPost>(lines[0]);
  BOOST_TEST(!publish.title.empty());
  BOOST_TEST(lines[1].starts_with(R"({"type": "Blog::Commands::LikePost", )"));
  const auto like = from_json<blog::LikePost>(lines[1]);
  BOOST_TEST(!like.reader.empty());
  BOOST_TEST((like.aggregate_id == publish.aggregate_id));
}

BOOST_AUTO_TEST_CASE(its_aggregate_refuses_a_second_like_of_one_reader) {
  blog::Post post{new_uuid(), "Hello"};
  post.like("Ann");
  post.like("Bob");
  BOOST_CHECK_THROW(post.like("Ann"), DomainError);
  BOOST_TEST(post.sequence_number() == 3);
}

BOOST_AUTO_TEST_CASE(its_projector_counts_likes) {
  const EventHeader header{new_uuid(), 1, {}};
  const RecordType* const managed[] = {&record_type<blog::PostRecord>()};
  views::ReplayPersistor rows;
  Views views{rows, blog::PostProjector::type_name, managed, header};
  const blog::PostPublished published{"Hello"};
  const blog::PostLiked liked{"Ann"};
  blog::PostProjector{}.on(Event<blog::PostPublished>{header, published}, views);
  blog::PostProjector{}.on(Event<blog::PostLiked>{header, liked}, views);
  const auto post = views.get<blog::PostRecord>(by_aggregate(header));
  BOOST_TEST(post.title == "Hello");
  BOOST_TEST(post.likes == 1);
}

BOOST_AUTO_TEST_CASE(its_commands_start_with_programs_that_exist) {
  const std::set<std::string> others{"seriatim", "cmake", "git"};
  BOOST_TEST(!commands().empty());
  for (const std::string& command : commands()) {
    const std::string program = command.substr(0, command.find(' '));
    const bool script = program.starts_with("tools/") && std::filesystem::is_regular_file(source_directory / program);
    BOOST_TEST((script || others.contains(program)), command);
  }
}

BOOST_AUTO_TEST_SUITE_END()
