// seriatim snapshots, and aggregate show --until: as people and scripts use them.
#include <boost/test/unit_test.hpp>

#include "cli.hpp"
#include "paths.hpp"

using namespace seriatim::testing;

namespace {

/// The domain git_history, whose files have snapshots every 100 events, with one file that was changed 120 times.
class HistoryCli : public Cli {
 public:
  HistoryCli() {
    std::string commands;
    for (int position = 1; position <= 120; ++position) commands += command(position);
    if (run({"db", "create"}).exit_code != 0) throw std::runtime_error{"seriatim db create failed"};
    if (run({"execute"}, commands).exit_code != 0) throw std::runtime_error{"seriatim execute failed"};
  }

  [[nodiscard]] ProgramResult run(const Arguments& arguments, std::string_view input = {}) const {
    Arguments all{"--database", url_, "--plugin", SERIATIM_PLUGIN_DIR "/libgit_history.so"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return run_bare(all, input);
  }

  /// The first field of the first row, as text.
  [[nodiscard]] std::string query(const std::string& sql) const {
    pqxx::connection connection{url_};
    pqxx::nontransaction session{connection};
    const pqxx::result rows = session.exec(sql);
    return rows.empty() ? "" : rows[0][0].c_str();
  }

  [[nodiscard]] static std::string command(int position) {
    return std::string{R"({"type":"GitHistory::Commands::)"} + (position == 1 ? "AddFile" : "ModifyFile") +
           R"(","aggregate_id":")" + some_id + R"(","path":"a.txt","commit":"c","position":)" + std::to_string(position) +
           R"(,"committed_at":"2026-02-03T10:15:00Z"})" + "\n";
  }

 private:
  std::string url_ = shared_cluster().create_database();
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(snapshots_command, HistoryCli)

BOOST_AUTO_TEST_CASE(snapshots_are_taken_and_deleted_by_commands) {
  const ProgramResult taken = run({"snapshots", "take"});
  BOOST_TEST(taken.exit_code == 0);
  BOOST_TEST(taken.output == "1 snapshots taken\n");
  BOOST_TEST(contains(taken.errors, "snapshots: 1 of 1 taken"));
  BOOST_TEST(query("select snapshot_json->>'path' || sequence_number from sequent_schema.snapshot_records") ==
             "a.txt121");
  BOOST_TEST(run({"--json", "--quiet", "snapshots", "take", "--limit", "5"}).output == "{\"taken\":0,\"failures\":[]}\n");
  BOOST_TEST(run({"snapshots", "delete-unknown"}).output == "0 snapshots deleted\n");
  BOOST_TEST(run({"--json", "snapshots", "delete-all"}).output == "{\"deleted\":1}\n");
  const ProgramResult again = run({"--json", "snapshots", "take"});
  BOOST_TEST(again.output == "{\"taken\":1,\"failures\":[]}\n");
  BOOST_TEST(contains(again.errors, R"({"phase":"taking snapshots","done":1,"total":1})"));
  (void)query("update sequent_schema.snapshot_records set snapshot_version = 9 returning 1");
  BOOST_TEST(run({"--json", "snapshots", "delete-unknown"}).output == "{\"deleted\":1}\n");
}

BOOST_AUTO_TEST_CASE(a_command_executes_on_a_snapshot_and_warns_of_one_that_cannot_be_read) {
  BOOST_TEST(run({"snapshots", "take"}).exit_code == 0);
  const ProgramResult ok = run({"execute"}, command(121));
  BOOST_TEST(contains(ok.output, "#121"));
  BOOST_TEST(!contains(ok.errors, "warning"));
  (void)query("update sequent_schema.snapshot_records set snapshot_json = '{\"path\": 7}' returning 1");
  const ProgramResult warned = run({"execute"}, command(122));
  BOOST_TEST(warned.exit_code == 0);
  BOOST_TEST(contains(warned.output, "#122"));
  BOOST_TEST(contains(warned.errors, "warning: the snapshot of aggregate " + some_id + " after event 120"));
}

BOOST_AUTO_TEST_CASE(the_views_follow_a_command_that_marks_its_aggregate) {
  BOOST_TEST(run({"snapshots", "take"}).exit_code == 0);
  BOOST_TEST(run({"migrate", "online"}).exit_code == 0);
  BOOST_TEST(run({"migrate", "offline"}).exit_code == 0);
  std::string commands;
  for (int position = 121; position <= 205; ++position) commands += command(position);
  BOOST_TEST(run({"execute"}, commands).exit_code == 0);
  BOOST_TEST(query("select commits from git_history_views.file_churn") == "205");
  BOOST_TEST(run({"--json", "--quiet", "snapshots", "take"}).output == "{\"taken\":1,\"failures\":[]}\n");
}

BOOST_AUTO_TEST_CASE(an_aggregate_whose_snapshot_cannot_be_taken_is_named_and_ends_the_run_with_1) {
  (void)query("update sequent_schema.events set event_json = '{\"commit\": 7}' where sequence_number = 3 returning 1");
  const ProgramResult result = run({"--json", "snapshots", "take"});
  BOOST_TEST(result.exit_code == 1);
  BOOST_TEST(contains(result.output, R"({"taken":0,"failures":["no snapshot can be taken of aggregate )" + some_id));
  BOOST_TEST(contains(result.errors, "event 3 of aggregate " + some_id));
}

BOOST_AUTO_TEST_CASE(mistakes_on_the_command_line_of_snapshots_end_with_2) {
  for (const Arguments& arguments : {Arguments{"snapshots"}, Arguments{"snapshots", "take", "--limit", "-1"},
                                     Arguments{"snapshots", "take", "--limit", "few"}, Arguments{"snapshots", "delete"}}) {
    BOOST_TEST(run_bare(arguments).exit_code == 2);
  }
}

BOOST_AUTO_TEST_CASE(an_aggregate_is_shown_as_it_was_at_a_moment) {
  (void)query("update sequent_schema.events set created_at = timestamptz '2026-02-03T10:00:00Z' + sequence_number * "
              "interval '1 second' returning 1");
  const ProgramResult result = run({"--json", "aggregate", "show", some_id, "--until", "2026-02-03T10:00:03.5Z"});
  BOOST_TEST(result.exit_code == 0);
  BOOST_TEST(contains(result.output, R"("sequence_number":3)"));
  BOOST_TEST(contains(result.output, R"("last_position":3)"));
  BOOST_TEST(run({"aggregate", "show", some_id, "--until", "2026-02-03T10:00:00Z"}).exit_code == 3);
  BOOST_TEST(run({"aggregate", "show", some_id, "--until", "yesterday"}).exit_code == 2);
  BOOST_TEST(run({"aggregate", "show", some_id, "--until", "2026-02-03T10:00:00Z", "--at", "1"}).exit_code == 2);
}

BOOST_AUTO_TEST_SUITE_END()
