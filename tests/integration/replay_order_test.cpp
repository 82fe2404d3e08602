// Behaviour 6 and 10.9: the order in which a replay and what is caught up with see events.
#include <boost/test/unit_test.hpp>
#include <map>
#include <random>

#include "support/market_store.hpp"

using namespace seriatim;
using namespace seriatim::testing;
using namespace market;

BOOST_AUTO_TEST_SUITE(replay_order)

BOOST_AUTO_TEST_CASE(catching_up_keeps_the_order_of_commits_too) {
  std::mt19937_64 random{seed()};
  Market market{market::random_domain(random())};
  market.build();
  // All of it is stored above the horizon, so the rebuild is that of an empty store, caught up.
  HeldHorizon horizon{market};
  live_through(market, random, 30);
  std::map<std::string, std::string> live;
  for (const char* table : all_tables) live[table] = market.rows(table);
  market.forget_views();
  BOOST_TEST(market.migrator->online({}, {}, {}).events == 0);
  horizon.release();
  BOOST_TEST(market.migrator->offline({}, {}, {}).events > 0);
  for (const char* table : all_tables) BOOST_TEST(market.rows(table) == live[table], table);
}

BOOST_AUTO_TEST_CASE(what_is_caught_up_with_comes_in_the_order_of_commits_for_undeclared_projectors_too) {
  const auto deed = [](const Event<Happened>& e, Views& views) {
    if (e->dice == 1) return views.create(Kept{e.aggregate_id, {}, "x", 0});
    views.update_one(where(&Kept::name, "x"), {set(&Kept::other, e.aggregate_id)});
  };
  // A row of the least of the three, then of the greatest, which nobody can change before it is there.
  for (const int owner : {1, 4}) {
    Market market{market::domain_of(market::FreeProjector{deed}, kept_sql)};
    BOOST_TEST(market.migrator->online({}, {}, {}).events == 0);
    market.happen(numbered(owner), {{1, "", {}, {}}});
    for (const int user : {3, 2}) market.happen(numbered(user), {{2, "", {}, {}}});
    BOOST_TEST(market.migrator->offline({}, {}, {}).events == 3);
    BOOST_TEST(market.value("select other from view_schema.kept") == uuid_text(numbered(2)));
  }
}

BOOST_AUTO_TEST_CASE(what_a_projector_fails_on_in_catching_up_is_named_with_its_type) {
  Market market{market::domain_of(market::FreeProjector{[](const Event<Happened>&, Views& views) {
                                    views.update_one(where(&Kept::name, "nobody's"), {set(&Kept::place, 1)});
                                  }},
                                  kept_sql)};
  market.migrator->online({}, {}, {});
  market.happen(numbered(1), {{1, "", {}, {}}});
  const Error error = error_of([&] { market.migrator->offline({}, {}, {}); });
  BOOST_CHECK((error.code() == ErrorCode::publish));
  BOOST_TEST(contains(error.what(), "projector FreeProjector failed on event 1 of aggregate " + uuid_text(numbered(1)) +
                                        " (Market::Happened): "));
}

BOOST_AUTO_TEST_CASE(the_order_of_commits_is_that_of_transactions_but_never_against_a_stream) {
  Market market{market::domain_of(
      market::OrderedProjector{{[](const Event<Happened>& e, Views& views) {
        const auto place = static_cast<std::int64_t>(views.find_all(all<Kept>()).size());
        views.create(Kept{e.aggregate_id, {}, e->name, place});
      }}},
      kept_sql)};
  const AggregateId a = new_uuid();
  const AggregateId b = new_uuid();
  for (const char* name : {"a1", "a2", "a3"}) market.happen(a, {{1, name, {}, {}}});
  for (const char* name : {"b1", "b2"}) market.happen(b, {{1, name, {}, {}}});
  // a3's transaction took its id before a2's did, and appended after it.
  (void)market.value("update sequent_schema.events set xact_id = case event_json->>'name' when 'a1' then 100 when 'a2' "
                     "then 300 when 'a3' then 200 when 'b1' then 250 else 400 end");
  market.build({.workers = 2, .events_a_group = 1});
  BOOST_TEST(market.value("select string_agg(name, ' ' order by place) from view_schema.kept") == "a1 b1 a2 a3 b2");
}

BOOST_AUTO_TEST_CASE(events_without_a_transaction_are_replayed_before_those_with_negative_ids) {
  Market market{market::domain_of(
      market::OrderedProjector{{[](const Event<Happened>& e, Views& views) {
        const auto place = static_cast<std::int64_t>(views.find_all(all<Kept>()).size());
        views.create(Kept{e.aggregate_id, {}, e->name, place});
      }}},
      kept_sql)};
  // The least stream is the youngest one, so that ids alone do not make the order.
  market.happen(numbered(3), {{1, "imported", {}, {}}});
  market.happen(numbered(2), {{1, "adopted", {}, {}}});
  market.happen(numbered(1), {{1, "new", {}, {}}});
  market.happen(numbered(3), {{1, "imported and gone on", {}, {}}});
  (void)market.value("update sequent_schema.events set xact_id = case event_json->>'name' when 'imported' then null "
                     "when 'adopted' then -7 else xact_id end");
  market.build({.workers = 2, .events_a_group = 1});
  BOOST_TEST(market.value("select string_agg(name, ', ' order by place) from view_schema.kept") ==
             "imported, adopted, new, imported and gone on");
}

BOOST_AUTO_TEST_SUITE_END()
