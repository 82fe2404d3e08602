// The domain git_history and its importer, by the programs that people use: what a repository's history says, the views
// say as well.

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <map>
#include <pqxx/pqxx>
#include <sstream>
#include <string>

#include "paths.hpp"
#include "runtime/process.hpp"
#include "support/git_repository.hpp"
#include "support/shared_cluster.hpp"

namespace {

using seriatim::testing::GitRepository;
using seriatim::testing::ThrowawayDirectory;
namespace runtime = seriatim::runtime;

constexpr const char* plugin = SERIATIM_PLUGIN_DIR "/libgit_history.so";
constexpr const char* no_utf8 = "caf\xe9.txt";  // an é of ISO 8859-1, as old histories have them

/// Paths whose name is odd in as many ways as git allows, and a file of each kind.
void write_first_files(const GitRepository& repository) {
  repository.write("a.txt", "1\n2\n3\n4\n5\n6\n");
  repository.write("dir/binary", std::string_view{"\0\1\2", 3});
  repository.write("we\"ird\ttab", "x\n");
  repository.write("\"quoted", "x\n");
  repository.write("back\\slash", "x\n");
  repository.write("new\nline", "x\n");
  repository.write("日本 \xF0\x9F\x90\x98.txt", "x\n");
  repository.write(" ", "x\n");
  repository.write("-", "x\n");
  repository.write(":colon", "x\n");
  repository.write("commit 1", "x\n");
  repository.write("1\t2\t3", "x\n");
  repository.write(no_utf8, "x\n");
}

/// A merge whose side branch has two commits of somebody who appears nowhere else.
void merge_a_branch(GitRepository& repository) {
  repository.git({"checkout", "--quiet", "-b", "side"});
  repository.be("Carol", "carol@example.org", "2026-11-21T10:00:00+0000");
  repository.write("side.txt", "1\n");
  repository.commit("On the side");
  repository.write("side.txt", "1\n2\n");
  repository.commit("On the side again");
  repository.git({"checkout", "--quiet", "main"});
  repository.write("main.txt", "1\n");
  repository.commit("Meanwhile");
  repository.be("Ada", "ada@example.org", "2026-11-21T11:00:00+0000");
  repository.git({"merge", "--quiet", "--no-ff", "--message=Merge", "side"});
}

/// A history with a bit of everything.
void write_history(GitRepository& repository) {
  repository.be("Ada", "ada@example.org", "2026-11-20T12:00:00+0000");
  write_first_files(repository);
  repository.commit("Begin");
  repository.commit("Nothing at all");
  repository.be("Bob \"the\" Öst", "bob@example.org", "2026-11-20T23:30:00-0200");  // the 21st, in UTC
  repository.git({"mv", "a.txt", "b.txt"});
  repository.write("b.txt", "1\n2\n3\n4\n5\nsix\n7\n");
  repository.write("dir/binary", std::string_view{"\0\3", 2});
  repository.git({"rm", "--quiet", "we\"ird\ttab"});
  repository.commit("Rename, change and delete");
  repository.write("a.txt", "anew\n");
  repository.write("we\"ird\ttab", "y\nz\n");
  repository.commit("Add two paths again");
  std::filesystem::permissions(repository.path() / "b.txt", std::filesystem::perms::owner_all);
  std::filesystem::remove(repository.path() / "-");
  std::filesystem::create_symlink("b.txt", repository.path() / "-");
  repository.commit("A mode, and a file that becomes a link");
  merge_a_branch(repository);
  repository.be("Nobody", "", "2026-11-22T00:00:00+0000");
  repository.git({"rm", "--quiet", "-r", "dir"});
  repository.commit("Without an address");
}

/// One repository, one database, and the programs between them.
struct Fixture {
  Fixture() : repository{directory.path() / "repository"}, url{seriatim::testing::shared_cluster().create_database()} {
    write_history(repository);
    seriatim("db create");
    seriatim("migrate online --domain git_history");
    seriatim("migrate offline --domain git_history");
  }

  runtime::Outcome shell(const std::string& script) const {
    return runtime::run(
        {{"/bin/bash", "-c", "set -o pipefail; " + script},
         runtime::current_user(),
         repository.path(),
         {"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/nonexistent", "GIT_CONFIG_GLOBAL=/dev/null",
          "GIT_CONFIG_NOSYSTEM=1", "SERIATIM_DATABASE_URL=" + url, "SERIATIM_PLUGINS=" + std::string{plugin}}});
  }

  void succeed(const std::string& script) const {
    const runtime::Outcome outcome = shell(script);
    BOOST_TEST_REQUIRE(outcome.exit_code == 0, script << " ends with " << outcome.exit_code << ": " << outcome.output);
  }

  void seriatim(const std::string& arguments) const { succeed("'" SERIATIM_CLI "' " + arguments); }

  void import(const std::string& options = "", const std::string& filter = "cat") const {
    succeed("'" SERIATIM_GIT_IMPORT "' . " + options + " | " + filter + " | '" SERIATIM_CLI "' execute -");
  }

  /// The result as text, a line a row, columns separated by '|'.
  std::string query(const std::string& sql) const {
    pqxx::connection connection{url};
    pqxx::nontransaction session{connection};
    std::string text;
    for (const auto& row : session.exec(sql)) {
      for (int column = 0; column < static_cast<int>(row.size()); ++column) {
        text.append(column == 0 ? "" : "|").append(row[column].c_str());
      }
      text += '\n';
    }
    return text;
  }

  /// Everything that an import may change but the times of recording.
  std::string everything() const {
    return query("select * from git_history_views.file_churn order by aggregate_id") +
           query("select * from git_history_views.author_days order by aggregate_id, day") +
           query(
               "select aggregate_id, sequence_number, event_type_id, event_json from sequent_schema.events "
               "order by 1, 2") +
           query("select count(*) from sequent_schema.commands");
  }

  ThrowawayDirectory directory;
  GitRepository repository;
  std::string url;
};

struct Churn {
  std::int64_t commits = 0;
  std::int64_t added = 0;
  std::int64_t deleted = 0;
  bool operator==(const Churn&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Churn& churn) {
  return out << churn.commits << " commits, +" << churn.added << " -" << churn.deleted;
}

/// The name under which a path of git's is stored.
std::string stored(const std::string& path) {
  if (path == no_utf8) return "\"caf\\351.txt\"";
  return path == "\"quoted" ? "\"\\\"quoted\"" : path;
}

/// What `git log --numstat` sums to: a rename counts its lines at the new path and a commit at both.
std::map<std::string, Churn> churn_of(const GitRepository& repository) {
  std::istringstream log{repository.git({"log", "--first-parent", "-M", "--numstat", "-z", "--format="})};
  std::map<std::string, Churn> churn;
  for (std::string text; std::getline(log, text, '\0');) {
    std::istringstream line{text};
    std::string added;
    std::string deleted;
    std::string path;
    if (!(line >> added >> deleted) || line.get() != '\t') continue;
    std::getline(line, path, '\0');
    if (path.empty()) {
      std::getline(log, path, '\0');
      ++churn[stored(path)].commits;
      std::getline(log, path, '\0');
    }
    Churn& sum = churn[stored(path)];
    ++sum.commits;
    sum.added += added == "-" ? 0 : std::stoll(added);
    sum.deleted += deleted == "-" ? 0 : std::stoll(deleted);
  }
  return churn;
}

std::map<std::string, Churn> churn_of(const std::string& url) {
  pqxx::connection connection{url};
  pqxx::nontransaction session{connection};
  std::map<std::string, Churn> churn;
  for (const auto& row : session.exec("select path, commits, lines_added, lines_deleted from "
                                      "git_history_views.file_churn")) {
    const bool fresh = churn
                           .try_emplace(row[0].c_str(), Churn{row[1].as<std::int64_t>(), row[2].as<std::int64_t>(),
                                                              row[3].as<std::int64_t>()})
                           .second;
    BOOST_TEST(fresh, "path " << row[0].c_str() << " has two rows");
  }
  return churn;
}

void check_churn(const Fixture& fixture) {
  const auto expected = churn_of(fixture.repository);
  const auto actual = churn_of(fixture.url);
  BOOST_TEST(expected.size() == actual.size());
  for (const auto& [path, churn] : expected) {
    const auto found = actual.find(path);
    BOOST_TEST_REQUIRE((found != actual.end()), "there is no row of path " << path);
    BOOST_TEST(found->second == churn, path << ": " << found->second << " instead of " << churn);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(git_history)

BOOST_FIXTURE_TEST_CASE(the_churn_of_each_path_is_what_git_log_sums_to, Fixture) {
  import();
  check_churn(*this);
  BOOST_TEST(churn_of(url).size() == 16U);
}

BOOST_FIXTURE_TEST_CASE(each_path_has_the_state_that_the_last_commit_left, Fixture) {
  import();
  const std::string states =
      "select path, state from git_history_views.file_churn where path in "
      "('a.txt', 'b.txt', 'dir/binary', ' ') order by path collate \"C\"";
  BOOST_TEST(query(states) == " |present\na.txt|present\nb.txt|present\ndir/binary|deleted\n");
  BOOST_TEST(query("select state, count(*) from git_history_views.file_churn where path like 'we%' group by 1") ==
             "present|1\n");
}

BOOST_FIXTURE_TEST_CASE(the_old_path_of_a_rename_ends_where_the_new_one_begins, Fixture) {
  import();
  const std::string events =
      "select substr(event_type, 21), event_json->>'position', coalesce(event_json->>'new_path', ''), "
      "coalesce(event_json->>'renamed_from', '') from sequent_schema.event_records where aggregate_id = "
      "(select aggregate_id from git_history_views.file_churn where path = '";
  BOOST_TEST(query(events + "a.txt') order by sequence_number") ==
             "FileAdded|1||\nFileRenamed|3|b.txt|\nFileAdded|4||\n");
  BOOST_TEST(query(events + "b.txt') order by sequence_number limit 1") == "FileAdded|3||a.txt\n");
}

BOOST_FIXTURE_TEST_CASE(the_commits_of_an_author_are_those_that_git_shortlog_counts, Fixture) {
  import();
  const std::string counts =
      "select lpad(sum(commits)::text, 6), author from git_history_views.author_days "
      "group by author order by author collate \"C\"";
  std::string expected = repository.git({"shortlog", "--summary", "--first-parent", "HEAD"});
  for (char& c : expected) c = c == '\t' ? '|' : c;
  BOOST_TEST(query(counts) == expected);
}

BOOST_FIXTURE_TEST_CASE(the_commits_of_a_day_are_those_that_git_log_dates_to_it_in_utc, Fixture) {
  import();
  std::map<std::string, int> days;
  std::istringstream log{repository.git({"log", "--first-parent", "--format=%an|%cd", "--date=format-local:%Y-%m-%d"})};
  for (std::string line; std::getline(log, line);) ++days[line];
  std::string expected;
  for (const auto& [day, commits] : days) expected += day + '|' + std::to_string(commits) + '\n';
  BOOST_TEST(query("select author, day, commits from git_history_views.author_days "
                   "order by author collate \"C\", day") == expected);
}

BOOST_FIXTURE_TEST_CASE(importing_twice_changes_nothing, Fixture) {
  import();
  const std::string once = everything();
  import();
  BOOST_TEST((everything() == once));
}

BOOST_FIXTURE_TEST_CASE(an_import_that_was_cut_short_is_completed_by_the_next_one, Fixture) {
  import("", "sed -n 1,17p");
  import();
  const std::string in_two = everything();
  url = seriatim::testing::shared_cluster().create_database();
  seriatim("db create");
  seriatim("migrate online --domain git_history");
  seriatim("migrate offline --domain git_history");
  import();
  BOOST_TEST((everything() == in_two));
}

BOOST_FIXTURE_TEST_CASE(what_was_committed_since_is_added_and_nothing_else_changes, Fixture) {
  import();
  const std::string before = query("select count(*) from sequent_schema.events");
  repository.be("Ada", "ada@example.org", "2026-11-23T09:00:00+0000");
  repository.write("b.txt", "1\n");
  repository.commit("More");
  import();
  check_churn(*this);
  BOOST_TEST(std::stoi(query("select count(*) from sequent_schema.events")) == std::stoi(before) + 2);
}

BOOST_FIXTURE_TEST_CASE(a_history_that_begins_late_finds_its_files, Fixture) {
  import("--since-position 4");
  BOOST_TEST(query("select substr(event_type, 21), event_json->>'path' from sequent_schema.event_records "
                   "where event_type like '%::File%' and sequence_number = 1 and event_json->>'path' in "
                   "('a.txt', 'b.txt', 'dir/binary') order by 2") ==
             "FileAdded|a.txt\nFileFound|b.txt\nFileFound|dir/binary\n");
  BOOST_TEST(query("select commits, state from git_history_views.file_churn where path = 'dir/binary'") ==
             "1|deleted\n");
}

BOOST_FIXTURE_TEST_CASE(the_views_built_anew_are_the_ones_that_were_kept_up, Fixture) {
  import();
  const std::string kept_up = everything();
  const std::string first = query("select * from git_history_views.file_churn order by path collate \"C\"");
  url = seriatim::testing::shared_cluster().create_database();
  seriatim("db create");
  import();  // before there are views
  seriatim("migrate online --domain git_history");
  seriatim("migrate offline --domain git_history");
  BOOST_TEST(query("select * from git_history_views.file_churn order by path collate \"C\"") == first);
  BOOST_TEST((everything() == kept_up));
}

BOOST_FIXTURE_TEST_CASE(a_repository_without_commits_has_nothing_to_tell, Fixture) {
  const GitRepository empty{directory.path() / "empty"};
  const runtime::Outcome outcome = shell("'" SERIATIM_GIT_IMPORT "' '" + empty.path().string() + "'");
  BOOST_TEST(outcome.exit_code == 0);
  BOOST_TEST(outcome.output.empty());
}

BOOST_FIXTURE_TEST_CASE(a_folder_without_repository_is_refused_by_name, Fixture) {
  const runtime::Outcome outcome = shell("'" SERIATIM_GIT_IMPORT "' '" + directory.path().string() + "'");
  BOOST_TEST(outcome.exit_code == 1);
  BOOST_TEST(outcome.output.find("no repository") != std::string::npos, outcome.output);
  BOOST_TEST(outcome.output.find(directory.path().string()) != std::string::npos, outcome.output);
}

BOOST_AUTO_TEST_SUITE_END()
