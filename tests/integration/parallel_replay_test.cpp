// Behaviour 6 and 10.9: replays by several workers, beside live projection.
#include <algorithm>
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <map>
#include <random>

#include "support/market_store.hpp"

using namespace seriatim;
using namespace seriatim::testing;
using namespace market;

BOOST_AUTO_TEST_SUITE(parallel_replay)

BOOST_AUTO_TEST_CASE(random_projectors_leave_the_same_rows_live_and_in_replays_of_any_division) {
  constexpr int rounds = 5;
  for (std::uint64_t round = 0; round < rounds; ++round) {
    BOOST_TEST_CONTEXT("SERIATIM_TEST_SEED=" << seed() << ", round " << round) {
      std::mt19937_64 random{seed() + round};
      Market market{market::random_domain(random())};
      market.build();
      live_through(market, random, 60);
      std::map<std::string, std::string> live;
      for (const char* table : all_tables) live[table] = market.rows(table);
      BOOST_TEST(!(live["own"].empty() && live["notes"].empty()));
      const ReplaySettings divisions[] = {{1, 1, 1}, {2, 1, 1}, {4, 3, 1U << 20U}, {2, 40, 2000}, {}};
      for (const ReplaySettings& division : divisions) {
        BOOST_TEST_CONTEXT(division.workers << " workers, groups of " << division.events_a_group) {
          market.forget_views();
          market.build(division);
          for (const char* table : all_tables) BOOST_TEST(market.rows(table) == live[table], table);
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(an_undeclared_projector_of_shared_rows_is_refused_with_what_to_declare) {
  const AggregateId nobody = new_uuid();
  const std::pair<const char*, market::FreeProjector::Deed> deeds[] = {
      {"a key that others have",
       [](const Event<Happened>& e, Views& views) {
         views.create_or_update(Kept{e.aggregate_id, {}, "all", 1}, key(&Kept::name), {increase(&Kept::place, 1)});
       }},
      {"a condition that finds rows of others",
       [](const Event<Happened>& e, Views& views) {
         views.create(Kept{e.aggregate_id, e->other, "", 0});
         views.update(where(&Kept::name, ""), {increase(&Kept::place, 1)});
       }},
      {"a column that names another aggregate",
       [](const Event<Happened>& e, Views& views) {
         if (e->dice == 1) return views.create(Kept{e.aggregate_id, e->other, "", 0});
         views.update(where(&Kept::other, e.aggregate_id), {increase(&Kept::place, 1)});
       }},
      {"a row that must exist, and another worker has it",
       [](const Event<Happened>& e, Views& views) {
         if (e->dice == 1) return views.create(Kept{e.aggregate_id, e->other, "", 0});
         views.update_one(where(&Kept::other, e.aggregate_id), {increase(&Kept::place, 1)});
       }},
      {"a row given away",
       [&](const Event<Happened>& e, Views& views) {
         views.create(Kept{e.aggregate_id, {}, "", 0});
         views.update<Kept>(by_aggregate(e), {set(&Kept::aggregate_id, nobody)});
       }},
  };
  Market market{market::domain_of(market::FreeProjector{}, kept_sql)};
  const AggregateId a = new_uuid();
  const AggregateId b = new_uuid();
  market.happen(a, {{1, "", {}, b}});
  market.happen(b, {{2, "", {}, a}});
  for (const auto& [what, deed] : deeds) {
    for (const int workers : {1, 2}) {
      BOOST_TEST_CONTEXT(what << ", " << workers << " workers") {
        market.use(market::domain_of(market::FreeProjector{deed}, kept_sql));
        market.migrator->divide({.workers = workers, .events_a_group = 1});
        const Error error = error_of([&] { market.migrator->online({}, {}, {}); });
        // The want of a row may show before it does that the row is another aggregate's.
        BOOST_CHECK((error.code() == ErrorCode::migration || error.code() == ErrorCode::publish));
        BOOST_TEST(contains(error.what(), "projector FreeProjector"));
        BOOST_TEST(contains(error.what(), "table kept"));
        BOOST_TEST(contains(error.what(), "ordering = seriatim::Ordering::global;"));
        market.check_nothing_is_left();
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_split_event_of_a_gone_type_that_breaks_the_locality_rule_is_refused) {
  const auto deed = [](const Event<Happened>& e, Views& views) {
    views.create_or_update(Kept{e.aggregate_id, {}, "all", 1}, key(&Kept::name), {increase(&Kept::place, 1)});
  };
  Market market{market::domain_of(market::FreeProjector{deed}, kept_sql)};
  market.happen(new_uuid(), {{1, "", {}, {}}});
  // The program that starts next gives its own type a new number, and knows the stored name as that of a former event.
  (void)market.value("update sequent_schema.event_types set type = 'Market::Gone' where type = 'Market::Happened'");
  Domain later = market::domain_of(market::FreeProjector{deed}, kept_sql);
  later.stored_event("Market::Gone").split<Happened>([](const boost::json::object& attributes, auto& events) {
    events.template add<Happened>(attributes);
  });
  market.use(later);
  const Error error = error_of([&] { market.migrator->online({}, {}, {}); });
  BOOST_CHECK((error.code() == ErrorCode::migration));
  BOOST_TEST(contains(error.what(), "projector FreeProjector reads or writes rows of table kept"));
  BOOST_TEST(contains(error.what(), ", Market::Gone), so aggregates cannot be replayed one by one"));
  market.check_nothing_is_left();
}

namespace {

enum class Letter { a, B };
BOOST_DESCRIBE_ENUM(Letter, a, B)

struct Titled {
  static constexpr std::string_view table = "titled";
  Uuid aggregate_id{};
  std::string title;
  std::optional<std::string> subtitle;
  Letter letter = Letter::a;
};
BOOST_DESCRIBE_STRUCT(Titled, (), (aggregate_id, title, subtitle, letter))

/// Adds a row for each name; but dice of 2 say which rows are the last ones.
struct TitleProjector {
  static constexpr std::string_view type_name = "TitleProjector";
  using Manages = records<Titled>;
  using Events = types<Happened>;
  void on(const Event<Happened>& e, Views& views) const {
    if (e->dice == 1) {
      return views.create(Titled{e.aggregate_id, e->name, e->name, e->name == "B" ? Letter::B : Letter::a});
    }
    const auto title = views.last<Titled>(by_aggregate(e), &Titled::title).value();
    const auto subtitle = views.last<Titled>(by_aggregate(e), &Titled::subtitle).value();
    const auto letter = views.last<Titled>(by_aggregate(e), &Titled::letter).value();
    views.create(Titled{e.aggregate_id, "last " + title.title, "last " + *subtitle.subtitle, letter.letter});
  }
};

constexpr SqlFile titled_sql[] = {
    {"titled.sql",
     "create table titled%SUFFIX% (aggregate_id uuid, title text collate \"en-x-icu\", subtitle varchar collate "
     "\"en-x-icu\", letter text collate \"en-x-icu\")"}};

}  // namespace

BOOST_AUTO_TEST_CASE(the_last_row_by_a_text_is_the_same_live_and_in_a_replay_whatever_the_collation) {
  Market market{market::domain_of(TitleProjector{}, titled_sql)};
  if (market.value("select count(*) from pg_collation where collname = 'en-x-icu'") == "0") {
    BOOST_TEST_MESSAGE("skipped: this server has no ICU, whose order of texts is the same everywhere");
    return;
  }
  BOOST_TEST(market.value("select 'a' < 'B' collate \"en-x-icu\"") == "t");
  market.build();
  market.happen(new_uuid(), {{1, "a", {}, {}}, {1, "B", {}, {}}, {2, "", {}, {}}});
  const std::string live = market.rows("titled");
  BOOST_TEST(contains(live, "\"last a\",\"last a\",a"), live);
  market.forget_views();
  market.build();
  BOOST_TEST(market.rows("titled") == live);
}

namespace {

/// Adds the names to a table that has no other column.
struct LogProjector {
  static constexpr std::string_view type_name = "LogProjector";
  using Manages = records<market::Log>;
  using Events = types<Happened>;
  void on(const Event<Happened>& e, Views& views) const { views.create(market::Log{e->name}); }
};

constexpr SqlFile logs_sql[] = {{"logs.sql", "create table logs%SUFFIX% (text text)"}};

}  // namespace

BOOST_AUTO_TEST_CASE(empty_texts_of_a_table_with_one_column_are_replayed) {
  const std::vector<std::string> histories[] = {{""}, {"", "a"}, {"a", ""}, {"", "", "a\n", ""}};
  for (const std::vector<std::string>& names : histories) {
    Market market{market::domain_of(LogProjector{}, logs_sql)};
    std::vector<Happened> steps;
    for (const std::string& name : names) steps.push_back({1, name, {}, {}});
    market.happen(new_uuid(), std::move(steps));
    market.build();
    BOOST_TEST(market.value("select count(*) from view_schema.logs") == std::to_string(names.size()));
    BOOST_TEST(market.value("select count(*) from view_schema.logs where text = ''") ==
               std::to_string(std::count(names.begin(), names.end(), "")));
  }
}

BOOST_AUTO_TEST_CASE(rows_that_collide_in_a_unique_index_are_reported_as_such) {
  Market market{market::domain_of(market::FreeProjector{[](const Event<Happened>& e, Views& views) {
                                    views.create(Kept{e.aggregate_id, {}, e->name, 0});
                                  }},
                                  unique_kept_sql)};
  market.happen(new_uuid(), {{1, "same", {}, {}}});
  market.happen(new_uuid(), {{1, "same", {}, {}}});
  const Error error = error_of([&] { market.migrator->online({}, {}, {}); });
  BOOST_CHECK((error.code() == ErrorCode::migration));
  BOOST_TEST(contains(error.what(), "table kept do not fit its unique index"));
  market.check_nothing_is_left();
}

BOOST_AUTO_TEST_CASE(the_first_failure_of_a_worker_stops_all_and_leaves_nothing) {
  Market market{market::domain_of(market::FreeProjector{[](const Event<Happened>& e, Views& views) {
                                    if (e->name == "bad") throw std::runtime_error{"I do not like it"};
                                    views.create(Kept{e.aggregate_id, {}, e->name, 0});
                                  }},
                                  kept_sql)};
  for (int i = 0; i < 30; ++i) market.happen(new_uuid(), {{1, i == 20 ? "bad" : "good", {}, {}}});
  market.migrator->divide({.workers = 4, .events_a_group = 1});
  const Error error = error_of([&] { market.migrator->online({}, {}, {}); });
  BOOST_CHECK((error.code() == ErrorCode::publish));
  BOOST_TEST(contains(error.what(), "projector FreeProjector failed on event 1 of aggregate"));
  BOOST_TEST(contains(error.what(), "(Market::Happened): I do not like it"));
  market.check_nothing_is_left();
}

namespace {

/// Cancels the migration when its statement waits for a lock that the test holds.
void cancel_while_it_waits(const SqlFile (&sql)[2], const std::string& phase) {
  Market market{market::domain_of(market::FreeProjector{[](const Event<Happened>& e, Views& views) {
                                    views.create(Kept{e.aggregate_id, {}, e->name, 0});
                                  }},
                                  sql)};
  market.happen(new_uuid(), {{1, "x", {}, {}}});
  pqxx::connection holder{market.options.database_url};
  pqxx::nontransaction hold{holder};
  hold.exec("select pg_advisory_lock(4711)");
  std::string last_phase;
  const auto waits = [&] {
    return market.value("select count(*) from pg_stat_activity where datname = current_database() and wait_event = "
                        "'advisory'") != "0";
  };
  const Error error = error_of([&] {
    market.migrator->online({}, [&](const MigrationProgress& progress) { last_phase = progress.phase; }, waits);
  });
  BOOST_CHECK((error.code() == ErrorCode::migration));
  BOOST_TEST(contains(error.what(), "cancelled"));
  BOOST_TEST(last_phase == phase);
  market.check_nothing_is_left();
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_wish_to_stop_is_noticed_while_an_index_is_built) {
  const SqlFile sql[] = {kept_sql[0], {"kept.indexes.sql", "select pg_advisory_lock(4711), '%SUFFIX%'"}};
  cancel_while_it_waits(sql, "building indexes");
}

BOOST_AUTO_TEST_CASE(a_wish_to_stop_is_noticed_while_rows_are_written) {
  const SqlFile sql[] = {{"kept.sql",
                          "create table kept%SUFFIX% (aggregate_id uuid, other uuid, name text, place bigint, more text "
                          "default pg_advisory_lock(4711)::text)"},
                         {"kept.indexes.sql", " "}};
  cancel_while_it_waits(sql, "replaying");
}

BOOST_AUTO_TEST_CASE(progress_tells_what_each_worker_did_and_ends_with_all) {
  Market market{market::random_domain(1)};
  for (int i = 0; i < 40; ++i) market.happen(new_uuid(), {{1, "x", {}, {}}, {2, "y", {}, {}}});
  std::vector<MigrationProgress> reports;
  market.migrator->divide({.workers = 2, .events_a_group = 1});
  const MigrationResult result = market.migrator->online(
      {}, [&](const MigrationProgress& progress) { if (progress.phase == "replaying") reports.push_back(progress); }, {});
  // Each event twice, because the projectors of the two orders read it at different times.
  BOOST_TEST(result.events == 160);
  BOOST_REQUIRE(reports.size() >= 2U);
  BOOST_TEST(reports.front().done == 0);
  BOOST_TEST(reports.front().total == 160);
  for (const MigrationProgress& report : reports) {
    BOOST_REQUIRE(report.workers.size() == 2U);
    BOOST_TEST(report.workers[0].done + report.workers[1].done == report.done);
  }
  BOOST_TEST(reports.back().done == 160);
  BOOST_TEST(reports.back().total == 160);
}

BOOST_AUTO_TEST_CASE(a_division_that_makes_no_sense_is_refused) {
  Market market{market::random_domain(1)};
  for (const ReplaySettings& settings : {ReplaySettings{-1, 1, 1}, ReplaySettings{65, 1, 1}, ReplaySettings{1, 0, 1}}) {
    BOOST_CHECK((error_of([&] { market.migrator->divide(settings); }).code() == ErrorCode::usage));
  }
}

BOOST_AUTO_TEST_CASE(a_replay_reads_only_events_that_its_projectors_list) {
  Market market{market::domain_of(market::FreeProjector{[](const Event<Happened>&, Views&) {}}, kept_sql)};
  market.happen(new_uuid(), {{5, "x", {}, {}}, {10, "y", {}, {}}});
  BOOST_TEST(market.value("select count(*) from sequent_schema.events") == "4");
  BOOST_TEST(market.migrator->online({}, {}, {}).events == 2);
}

BOOST_AUTO_TEST_SUITE_END()
