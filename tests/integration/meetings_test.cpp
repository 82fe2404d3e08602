// Meetings on PostgreSQL: two writers at once, and views that are built from what was stored before them.
#include <boost/test/unit_test.hpp>
#include <functional>
#include <pqxx/pqxx>

#include "meetings/commands.hpp"
#include "meetings/meeting_command_handler.hpp"
#include "meetings/plugin.hpp"
#include "seriatim/application.hpp"
#include "seriatim/database.hpp"
#include "support/shared_cluster.hpp"

using namespace seriatim;
using namespace seriatim::testing;
using namespace meetings;

namespace {

/// A second handler, which runs between the acceptance and its being stored.
struct Meanwhile {
  using Commands = types<AcceptMeeting>;
  std::function<void()> happens;
  void handle(const AcceptMeeting&, Repository&) const { happens(); }
};

struct Fixture {
  Fixture() {
    options.database_url = shared_cluster().create_database();
    Database{options}.create({meetings::domain()});
    app = std::make_unique<Application>(options, std::vector<Domain>{meetings::domain()}, clock);
  }

  void migrate() const {
    const auto migrator = app->migrator("meetings");
    migrator->online({}, {}, {});
    migrator->offline({}, {}, {});
  }

  [[nodiscard]] AggregateId schedule(std::chrono::hours from_now = std::chrono::hours{1}) const {
    const AggregateId id = new_uuid();
    app->commands().execute(ScheduleMeeting{{.aggregate_id = id}, clock->now() + from_now, 1, {2, 3}});
    return id;
  }

  /// All rows, "a b|c d".
  [[nodiscard]] std::string rows(const std::string& sql) const {
    pqxx::connection connection{options.database_url};
    pqxx::nontransaction work{connection};
    std::string out;
    for (const auto& row : work.exec(sql)) {
      if (!out.empty()) out += '|';
      for (pqxx::row::size_type i = 0; i < row.size(); ++i) out.append(i == 0 ? "" : " ").append(row[i].c_str());
    }
    return out;
  }

  Options options;
  std::shared_ptr<FixedClock> clock = std::make_shared<FixedClock>(*parse_timestamp("2026-11-21T10:00:00Z"));
  std::unique_ptr<Application> app;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(meetings_on_postgres, Fixture)

BOOST_AUTO_TEST_CASE(of_two_who_accept_at_once_one_wins_and_the_other_is_retried_and_wins_too) {
  migrate();
  const AggregateId id = schedule();
  int runs = 0;
  Domain slow = meetings::domain();
  slow.handler(Meanwhile{[&] {
    if (++runs == 1) app->commands().execute(AcceptMeeting{{.aggregate_id = id}, 3});
  }});
  Execution execution;
  execution.retry.attempts = 2;
  execution.retry.wait = [](std::chrono::microseconds) {};
  Application other{options, {slow}, std::move(execution), clock};

  other.commands().execute(AcceptMeeting{{.aggregate_id = id}, 2});

  BOOST_TEST(runs == 2);
  BOOST_TEST(rows("select attendee_count from meetings_views.meeting_records") == "2");
  BOOST_TEST(rows("select user_id, accepted from meetings_views.meeting_invitees order by 1") == "2 t|3 t");
  BOOST_TEST(rows("select sequence_number, event_json->>'user_id' from sequent_schema.event_records "
                  "where event_type = 'Meeting::Accepted' order by 1") == "2 3|3 2");
}

BOOST_AUTO_TEST_CASE(views_that_are_built_from_stored_events_are_as_those_that_were_kept_live) {
  const AggregateId moved = schedule();
  (void)schedule(std::chrono::hours{2});
  migrate();
  const AggregateId cancelled = schedule(std::chrono::hours{3});
  app->commands().execute(RescheduleMeeting{{.aggregate_id = moved}, clock->now() + std::chrono::hours{24}},
                          AcceptMeeting{{.aggregate_id = moved}, 2}, CancelMeeting{{.aggregate_id = cancelled}});

  BOOST_TEST(rows("select day, meetings from meetings_views.meetings_per_day order by 1") == "2026-11-21 1|2026-11-22 1");
  BOOST_TEST(rows("select status, attendee_count from meetings_views.meeting_records order by time") ==
             "scheduled 0|cancelled 0|scheduled 1");
  BOOST_TEST(rows("select count(*) from meetings_views.meeting_invitees") == "6");
}

BOOST_AUTO_TEST_SUITE_END()
