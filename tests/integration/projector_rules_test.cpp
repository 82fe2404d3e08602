// Behaviour 6: what a projector may do, live and in a replay, and how it is told what it may not.
#include <boost/test/unit_test.hpp>
#include <stdexcept>

#include "support/market_store.hpp"

using namespace seriatim;
using namespace seriatim::testing;
using namespace market;

BOOST_AUTO_TEST_SUITE(projector_rules)

BOOST_AUTO_TEST_CASE(a_statement_of_the_projectors_own_works_live_and_is_refused_in_a_replay) {
  const auto deed = [](const Event<Happened>& e, Views& views) {
    views.execute_sql("insert into public.audit (id, name, nothing) values ($1, $2, $3)",
                      {uuid_text(e.aggregate_id), e->name, std::nullopt});
    views.execute_sql("update public.audit set name = name || '!'");
  };
  Market market{market::domain_of(market::FreeProjector{deed}, kept_sql)};
  market.build();
  (void)market.value("create table public.audit (id uuid, name text, nothing integer)");
  const AggregateId id = new_uuid();
  market.happen(id, {{1, "it's", {}, {}}});
  BOOST_TEST(market.value("select a::text from public.audit a") == "(" + uuid_text(id) + ",it's!,)");
  market.forget_views();
  const auto refused = [&](const Error& error) {
    BOOST_CHECK((error.code() == ErrorCode::publish));
    BOOST_TEST(contains(error.what(), "execute_sql works on the live tables only"));
  };
  refused(error_of([&] { market.migrator->online({}, {}, {}); }));
  market.check_nothing_is_left();
  BOOST_TEST(market.value("select name from public.audit") == "it's!");
}

BOOST_AUTO_TEST_CASE(a_statement_of_the_projectors_own_is_refused_in_catching_up_too) {
  Market market{market::domain_of(market::FreeProjector{[](const Event<Happened>&, Views& views) {
                                    views.execute_sql("insert into public.audit values (1)", {});
                                  }},
                                  kept_sql)};
  market.build();
  (void)market.value("create table public.audit (id integer)");
  HeldHorizon horizon{market};
  market.happen(new_uuid(), {{1, "late", {}, {}}});
  market.forget_views();
  BOOST_TEST(market.migrator->online({}, {}, {}).events == 0);
  horizon.release();
  const Error error = error_of([&] { market.migrator->offline({}, {}, {}); });
  BOOST_CHECK((error.code() == ErrorCode::publish));
  BOOST_TEST(contains(error.what(), "execute_sql works on the live tables only"));
  BOOST_TEST(market.value("select count(*) from public.audit") == "1");
}

BOOST_AUTO_TEST_CASE(a_statement_that_fails_names_its_projector_and_stores_nothing) {
  Market market{market::domain_of(
      market::FreeProjector{[](const Event<Happened>&, Views& views) { views.execute_sql("select 1/0"); }}, kept_sql)};
  market.build();
  const Error error = error_of([&] { market.happen(new_uuid(), {{1, "x", {}, {}}}); });
  BOOST_CHECK((error.code() == ErrorCode::publish));
  BOOST_TEST(contains(error.what(), "projector FreeProjector failed on event 1"));
  BOOST_TEST(market.value("select count(*) from sequent_schema.events") == "0");
}

BOOST_AUTO_TEST_CASE(a_projector_without_tables_writes_live_and_is_left_out_of_replays) {
  int calls = 0;
  Market market{market::domain_of(
      market::StatementProjector{{[&](const Event<Happened>&, Views& views) {
        ++calls;
        views.execute_sql("insert into public.audit values (1)");
      }}},
      {})};
  (void)market.value("create table public.audit (id integer)");
  market.happen(new_uuid(), {{1, "before its version", {}, {}}});
  market.build();
  BOOST_TEST(calls == 0);
  market.happen(new_uuid(), {{1, "after it", {}, {}}});
  BOOST_TEST(calls == 1);
  BOOST_TEST(market.value("select count(*) from public.audit") == "1");
}

BOOST_AUTO_TEST_CASE(a_projector_says_which_tables_it_keeps_or_that_it_keeps_none) {
  struct Forgetful {
    using Manages = seriatim::records<>;
  };
  BOOST_TEST(!declares_tables<Forgetful>);
  BOOST_TEST(declares_tables<market::StatementProjector>);
  BOOST_TEST(declares_tables<market::OwnProjector>);
}

BOOST_AUTO_TEST_CASE(a_projector_that_throws_stores_nothing_and_is_named_with_the_event_and_the_cause) {
  Market market{market::domain_of(market::FreeProjector{[](const Event<Happened>& e, Views& views) {
                                    views.create(Kept{e.aggregate_id, {}, e->name, 0});
                                    if (e->dice == 2) throw std::runtime_error{"two is too many"};
                                  }},
                                  kept_sql)};
  market.build();
  const AggregateId id = new_uuid();
  const Error error = error_of([&] { market.happen(id, {{1, "x", {}, {}}, {2, "y", {}, {}}}); });
  BOOST_CHECK((error.code() == ErrorCode::publish));
  BOOST_TEST(error.what() == "projector FreeProjector failed on event 2 of aggregate " + uuid_text(id) +
                                 " (Market::Happened): two is too many");
  BOOST_TEST(market.value("select count(*) from sequent_schema.events") == "0");
  BOOST_TEST(market.rows("kept").empty());
}

BOOST_AUTO_TEST_CASE(update_one_wants_its_row_even_when_it_changes_nothing) {
  bool with_row = false;
  Market market{market::domain_of(market::FreeProjector{[&](const Event<Happened>& e, Views& views) {
                                    if (with_row) views.create(Kept{e.aggregate_id, {}, "", 0});
                                    views.update_one<Kept>(by_aggregate(e), {});
                                  }},
                                  kept_sql)};
  market.build();
  const Error error = error_of([&] { market.happen(new_uuid(), {{1, "", {}, {}}}); });
  BOOST_CHECK((error.code() == ErrorCode::publish));
  BOOST_TEST(contains(error.what(), "table kept has no row that matches the condition"));
  with_row = true;
  market.happen(new_uuid(), {{1, "", {}, {}}});
  market.forget_views();
  market.build();
  market.forget_views();
  with_row = false;
  BOOST_CHECK((error_of([&] { market.migrator->online({}, {}, {}); }).code() == ErrorCode::publish));
}

BOOST_AUTO_TEST_SUITE_END()
