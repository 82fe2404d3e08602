// The example domain of issues on PostgreSQL: what its tests in tests/domain cannot see.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <iterator>
#include <memory>
#include <pqxx/pqxx>

#include "issues/commands.hpp"
#include "issues/plugin.hpp"
#include "paths.hpp"
#include "seriatim/application.hpp"
#include "seriatim/database.hpp"
#include "support/deliveries.hpp"
#include "support/issues_first.hpp"
#include "support/shared_cluster.hpp"

using namespace seriatim;
using namespace seriatim::testing;
using issues::AddRule;
using issues::OpenIssue;
using issues::Operator;
using issues::RuleActionType;
using issues::Subject;
using issues::TakeAction;
using std::chrono::minutes;

namespace {

const Timestamp noon = *parse_timestamp("2026-11-21T12:00:00Z");

/// Where a page of the feed ends: the key of its last row.
struct Place {
  std::string occurred_at;
  std::string aggregate_id;
  std::string number;
};

/// One page: its rows as "actor action number".
struct Page {
  std::vector<std::string> rows;
  std::optional<Place> end;
};

std::string feed_sql() {
  std::ifstream file{SERIATIM_SOURCE_DIR "/sql/queries/issues/activity_feed.sql"};
  return {std::istreambuf_iterator<char>{file}, {}};
}

struct IssueStore {
  IssueStore() {
    options.database_url = shared_cluster().create_database();
    Database{options}.create({issues::domain(outbox)});
    app = program(issues::domain(outbox));
  }

  std::unique_ptr<Application> program(Domain domain) const {
    return std::make_unique<Application>(options, std::vector<Domain>{std::move(domain)}, clock);
  }

  static void migrate(Application& program) {
    program.migrator("issues")->online({}, {}, {});
    program.migrator("issues")->offline({}, {}, {});
  }

  TakeAction take(const std::string& action, const std::string& actor, const issues::Extra& extra = {}) const {
    return {{id}, action, actor, {}, extra};
  }

  /// The first field of the first row, as text; empty when there is none or it is NULL.
  [[nodiscard]] std::string value(const std::string& sql) const {
    pqxx::connection connection{options.database_url};
    pqxx::nontransaction work{connection};
    const pqxx::result rows = work.exec(sql);
    return rows.empty() || rows[0][0].is_null() ? "" : rows[0][0].c_str();
  }

  /// The page behind `after`; the first without it. A null pointer filters nothing.
  [[nodiscard]] Page page(const std::optional<Place>& after, const char* action = nullptr,
                          const char* actor = nullptr) const {
    pqxx::connection connection{options.database_url};
    pqxx::nontransaction work{connection};
    const pqxx::result rows = work.exec_params(
        feed_sql(), action, actor, after ? after->occurred_at.c_str() : nullptr,
        after ? after->aggregate_id.c_str() : nullptr, after ? after->number.c_str() : nullptr);
    Page page;
    for (const auto& row : rows) {
      page.rows.push_back(std::string{row["actor"].c_str()} + " " + row["action"].c_str() + " " +
                          row["number"].c_str());
      page.end = Place{row["occurred_at"].c_str(), row["aggregate_id"].c_str(), row["number"].c_str()};
    }
    return page;
  }

  /// All pages, one after the other, and how large they were.
  [[nodiscard]] std::pair<std::vector<std::string>, std::vector<std::size_t>> feed(const char* action = nullptr,
                                                                                   const char* actor = nullptr) const {
    std::vector<std::string> rows;
    std::vector<std::size_t> sizes;
    std::optional<Place> after;
    // A feed that never ended would be found by its sizes.
    while (sizes.size() < 10) {
      const Page next = page(after, action, actor);
      if (next.rows.empty()) break;
      sizes.push_back(next.rows.size());
      rows.insert(rows.end(), next.rows.begin(), next.rows.end());
      after = next.end;
    }
    return {rows, sizes};
  }

  Options options;
  std::shared_ptr<FixedClock> clock = std::make_shared<FixedClock>(noon);
  std::shared_ptr<Deliveries> outbox = std::make_shared<Deliveries>();
  std::unique_ptr<Application> app;
  AggregateId id = new_uuid();
  AggregateId book = new_uuid();
};

/// With an issue at which 25 things were done, two in each minute: comment 1 and view 2 at noon, comment 3 after that.
struct Feed : IssueStore {
  Feed() {
    migrate(*app);
    app->commands().execute(OpenIssue{{id}, "It does not start", "ann"});
    for (int i = 1; i <= 25; ++i) {
      const std::string comment = std::to_string(i);
      if (i % 2 == 1) app->commands().execute(take("comment_added", "ann", {.message = comment}));
      if (i % 2 == 1) continue;
      app->commands().execute(TakeAction{{id}, "comment_viewed", "bob", Subject{"comment", comment}, {}});
      clock->advance(minutes{1});
    }
  }

  static std::string row(int number) {
    return (number % 2 == 1 ? "ann comment_added " : "bob comment_viewed ") + std::to_string(number);
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(issues_on_postgresql)

BOOST_FIXTURE_TEST_CASE(the_feed_is_read_newest_first_ten_rows_a_page, Feed) {
  std::vector<std::string> expected;
  for (int number = 25; number >= 1; --number) expected.push_back(row(number));
  const auto [rows, sizes] = feed();
  BOOST_TEST(rows == expected, boost::test_tools::per_element());
  BOOST_TEST(sizes == (std::vector<std::size_t>{10, 10, 5}), boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(what_happens_while_somebody_turns_the_page_shifts_nothing, Feed) {
  const Page first = page({});
  app->commands().execute(take("closed", "ann"), take("reopened", "ann"));
  app->commands().execute(TakeAction{{id}, "comment_viewed", "bob", Subject{"comment", "14"}, {}});
  BOOST_TEST(page(first.end).rows.front() == row(15));
  BOOST_TEST(page({}).rows.front() == "ann reopened 27");
  BOOST_TEST(value("select touches from issues_views.issue_activities where number = 14") == "1");
}

BOOST_FIXTURE_TEST_CASE(the_feed_is_filtered_by_action_and_by_actor, Feed) {
  app->commands().execute(take("comment_added", "bob", {.message = "Thanks"}));
  BOOST_TEST(feed("comment_added").second == (std::vector<std::size_t>{10, 4}), boost::test_tools::per_element());
  BOOST_TEST(feed(nullptr, "bob").second == (std::vector<std::size_t>{10, 3}), boost::test_tools::per_element());
  BOOST_TEST(feed("comment_added", "bob").first == (std::vector<std::string>{"bob comment_added 26"}),
             boost::test_tools::per_element());
  BOOST_TEST(feed("closed").first.empty());
}

BOOST_FIXTURE_TEST_CASE(activities_of_many_issues_at_one_instant_are_all_in_the_feed_once, IssueStore) {
  migrate(*app);
  for (int issue = 0; issue < 12; ++issue) {
    id = new_uuid();
    app->commands().execute(OpenIssue{{id}, "One of many", "ann"}, take("closed", "ann"), take("reopened", "ann"));
  }
  const auto [rows, sizes] = feed();
  BOOST_TEST(sizes == (std::vector<std::size_t>{10, 10, 4}), boost::test_tools::per_element());
  BOOST_TEST(std::count(rows.begin(), rows.end(), "ann closed 1") == 12);
  BOOST_TEST(std::count(rows.begin(), rows.end(), "ann reopened 2") == 12);
}

BOOST_FIXTURE_TEST_CASE(version_2_tells_when_old_issues_were_last_commented_on, IssueStore) {
  const auto first = program(issues_first::domain(outbox));
  migrate(*first);
  const AggregateId silent = new_uuid();
  first->commands().execute(OpenIssue{{id}, "It does not start", "ann"}, OpenIssue{{silent}, "Nobody cares", "ann"});
  first->commands().execute(take("comment_added", "ann", {.message = "First"}));
  clock->advance(minutes{30});
  first->commands().execute(take("comment_added", "bob", {.message = "Second"}));
  clock->advance(minutes{30});
  first->commands().execute(take("closed", "ann"));
  const std::size_t delivered = outbox->delivered.size();
  BOOST_TEST(outbox->actions("email") == "comment_added comment_added closed");

  migrate(*app);
  const std::string last = "select last_commented_at = '2026-11-21T12:30:00Z' from issues_views.issue_records where ";
  BOOST_TEST(value(last + "aggregate_id = '" + uuid_text(id) + "'") == "t");
  BOOST_TEST(value("select count(*) from issues_views.issue_records where last_commented_at is null") == "1");
  BOOST_TEST(value("select comments from issues_views.issue_records where not open") == "2");
  // The workflows saw none of it.
  BOOST_TEST(outbox->delivered.size() == delivered);
  app->commands().execute(TakeAction{{silent}, "comment_added", "bob", {}, {.message = "I do"}});
  BOOST_TEST(value(last + "aggregate_id <> '" + uuid_text(id) + "'") == "f");
  BOOST_TEST(value("select count(*) from issues_views.issue_records where last_commented_at is null") == "0");
  BOOST_TEST(app->verifier("issues")->verify({}, {}, {}).differences.empty());
}

BOOST_FIXTURE_TEST_CASE(replaying_activities_and_rules_delivers_and_issues_nothing, IssueStore) {
  app->commands().execute(AddRule{{book}, "closed", {}, {{RuleActionType::reply, "Thank you"}}});
  app->commands().execute(OpenIssue{{id}, "It does not start", "ann", book}, take("closed", "ann"));
  const std::size_t delivered = outbox->delivered.size();
  const std::string events = value("select count(*) from sequent_schema.events");
  BOOST_TEST(delivered == 5U);
  BOOST_TEST(events == "5");
  migrate(*app);
  BOOST_TEST(value("select count(*) from issues_views.issue_activities") == "2");
  BOOST_TEST(outbox->delivered.size() == delivered);
  BOOST_TEST(value("select count(*) from sequent_schema.events") == events);
}

BOOST_FIXTURE_TEST_CASE(a_reply_is_stored_with_the_events_that_led_to_it, IssueStore) {
  app->commands().execute(
      AddRule{{book}, "closed", {{"actor", Operator::equal_to, "ann"}}, {{RuleActionType::reply, "Thank you"}}});
  app->commands().execute(OpenIssue{{id}, "It does not start", "ann", book});
  app->commands().execute(take("closed", "ann"));
  const std::string caused_by =
      "select event_aggregate_id || ' ' || event_sequence_number from sequent_schema.command_records"
      " where command_type = ";
  BOOST_TEST(value(caused_by + "'Issue::Commands::TakeAction'") == "");
  BOOST_TEST(value(caused_by + "'Issue::Commands::ApplyRules'") == uuid_text(id) + " 2");
  BOOST_TEST(value(caused_by + "'Issue::Commands::Reply'") == uuid_text(id) + " 3");
  // All the way up from the reply stands what ann did.
  const EventAudit reply = app->audit().event({id, 4});
  BOOST_TEST(reply.event.type == "Issue::Events::CommentAdded");
  BOOST_TEST(reply.parent.type == "Issue::Commands::Reply");
  BOOST_TEST(reply.origin.type == "Issue::Commands::TakeAction");
  BOOST_TEST(app->audit().tree(reply.origin.id).size() == 3U);
}

BOOST_AUTO_TEST_SUITE_END()
