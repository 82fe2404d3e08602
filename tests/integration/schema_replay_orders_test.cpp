// Behaviour 10.8: replays of projectors of both orders, and of those that run statements of their own.
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <pqxx/pqxx>
#include <random>

#include "seriatim/database.hpp"
#include "support/market.hpp"
#include "support/shared_cluster.hpp"

using namespace seriatim;
using namespace seriatim::testing;
using market::Happened;

namespace {

struct Store {
  explicit Store(const Domain& domain) {
    options.database_url = shared_cluster().create_database();
    Database{options}.create({domain});
    app = std::make_unique<Application>(options, std::vector<Domain>{domain});
    app->migrator("market")->online({}, {}, {});
    app->migrator("market")->offline({}, {}, {});
    replay = app->replay("market");
  }

  void happen(const AggregateId& id, std::vector<Happened> steps) const {
    market::Happen command;
    command.aggregate_id = id;
    command.steps = std::move(steps);
    app->commands().execute(command);
  }

  [[nodiscard]] std::string value(const std::string& sql) const {
    pqxx::connection connection{options.database_url};
    pqxx::nontransaction work{connection};
    const pqxx::result rows = work.exec(sql);
    return rows.empty() || rows[0][0].is_null() ? "" : rows[0][0].c_str();
  }

  [[nodiscard]] std::string rows(const std::string& schema) const {
    std::string all;
    for (const char* table : {"own", "notes", "logs", "shared", "links"}) {
      all += value("select string_agg(t::text, e'\\n' order by t::text) from " + schema + "." + table + " t") + "\n\n";
    }
    return all;
  }

  Options options;
  std::unique_ptr<Application> app;
  std::unique_ptr<ViewReplay> replay;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(schema_replay_orders)

BOOST_AUTO_TEST_CASE(projectors_of_both_orders_are_replayed_and_caught_up_with) {
  const char* const given = std::getenv("SERIATIM_TEST_SEED");
  const std::uint64_t seed = given != nullptr ? std::stoull(given) : std::uint64_t{std::random_device{}()};
  BOOST_TEST_MESSAGE("SERIATIM_TEST_SEED=" << seed);
  std::mt19937_64 random{seed};
  const Store store{market::random_domain(random())};
  std::vector<AggregateId> ids;
  for (int i = 0; i < 8; ++i) ids.push_back(new_uuid());
  const auto any = [&](std::size_t below) { return static_cast<std::size_t>(random() % below); };
  const auto go_on = [&](int commands) {
    for (int i = 0; i < commands; ++i) {
      std::vector<Happened> steps;
      for (std::size_t n = 1 + any(3); n != 0; --n) {
        steps.push_back({static_cast<std::int32_t>(any(1000)), std::string(1, static_cast<char>('a' + any(4))),
                         Decimal{static_cast<std::int64_t>(any(100))}, ids[any(ids.size())]});
      }
      store.happen(ids[any(ids.size())], std::move(steps));
    }
  };
  go_on(120);
  store.replay->divide({.workers = 2, .events_a_group = 40, .bytes_a_worker = 1});
  store.replay->prepare({}, {});
  store.replay->run({}, {});
  go_on(40);
  store.replay->catch_up({}, {});
  go_on(20);
  store.replay->optimize({}, {});
  go_on(20);
  store.replay->go_live({}, {}, {});
  BOOST_TEST(store.rows("view_schema") == store.rows("view_schema_archive"));
  BOOST_TEST(store.rows("view_schema").size() > 1000);
}

BOOST_AUTO_TEST_CASE(statements_of_a_projectors_own_are_refused_while_catching_up) {
  static const SqlFile sql[] = {
      {"kept.sql", "create table kept%SUFFIX% (aggregate_id uuid, other uuid, name text, place bigint)"}};
  const Store store{market::domain_of(market::FreeProjector{[](const Event<Happened>& e, Views& views) {
                                        if (e->dice == 2) views.execute_sql("update view_schema.kept set place = place + 1");
                                        views.create(market::Kept{e.aggregate_id, {}, e->name, 0});
                                      }},
                                      sql)};
  const AggregateId id = new_uuid();
  store.happen(id, {{1, "a", {}, {}}});
  store.replay->prepare({}, {});
  store.replay->run({}, {});
  store.happen(id, {{2, "b", {}, {}}});
  BOOST_TEST(store.value("select string_agg(place::text, ' ' order by name) from view_schema.kept") == "1 0");
  BOOST_CHECK_EXCEPTION(store.replay->catch_up({}, {}), Error, [](const Error& error) {
    return error.code() == ErrorCode::publish && std::string{error.what()}.find("execute_sql") != std::string::npos;
  });
  BOOST_TEST(store.value("select string_agg(place::text, ' ' order by name) from view_schema.kept") == "1 0");
  BOOST_CHECK((store.replay->status().state == ReplayState::replayed));
}

BOOST_AUTO_TEST_SUITE_END()
