// Stores that came from elsewhere: restored ones, and those that Ruby's Sequent installed.

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <sstream>
#include <thread>

#include "cli.hpp"
#include "paths.hpp"
#include "support/sql_script.hpp"
#include "support/wallet_store.hpp"

using namespace seriatim;
using namespace seriatim::testing;
using namespace seriatim::literals;

namespace {

const std::filesystem::path fixtures = std::filesystem::path{SERIATIM_SOURCE_DIR} / "tests/fixtures";

/// The transaction ids of the fixture must lie in the future, so the cluster must be young.
struct YoungCluster {
  static std::unique_ptr<ThrowawayCluster>& holder() {
    static std::unique_ptr<ThrowawayCluster> cluster;
    return cluster;
  }
  ~YoungCluster() { holder().reset(); }
};

ThrowawayCluster& young_cluster() {
  if (!YoungCluster::holder()) YoungCluster::holder() = std::make_unique<ThrowawayCluster>();
  return *YoungCluster::holder();
}

struct Fixture {
  Fixture() { options.database_url = young_cluster().create_database(); }

  [[nodiscard]] std::string value(const std::string& sql) const {
    pqxx::connection connection{options.database_url};
    pqxx::nontransaction work{connection};
    const pqxx::result rows = work.exec(sql);
    return rows.empty() || rows[0][0].is_null() ? "" : rows[0][0].c_str();
  }

  void load_rubys_events() const { run_sql_script(options.database_url, fixtures / "sequent-wallet-store.sql"); }

  void load_more_transactions_than_the_cluster_has_had() const {
    load_rubys_events();
    (void)value(
        "insert into sequent_schema.events (aggregate_id, sequence_number, created_at, command_id, event_type_id, "
        "event_json, xact_id)"
        " select aggregate_id, 1000 + n, created_at, 1000 + n, event_type_id, event_json, 1000000 + n from "
        "sequent_schema.events,"
        " generate_series(1, 20000) n where command_id = 41");
  }

  void start() { app = std::make_unique<Application>(options, std::vector<Domain>{wallet::domain()}); }

  Adoption adopt() const { return Database{options}.adopt({wallet::domain()}); }

  void build_views() const {
    app->migrator("wallet")->online({}, {}, {});
    app->migrator("wallet")->offline({}, {}, {});
  }

  /// The wallets as the fixture's file of balances has them.
  [[nodiscard]] std::string balances() const {
    return value(
        "select string_agg(aggregate_id || ',' || user_id || ',' || balance || E'\\n', '' order by aggregate_id) "
        "from view_schema.wallet_records");
  }

  void go_on_with_a_wallet() const {
    const AggregateId id = parse_uuid(value("select min(aggregate_id::text) from sequent_schema.aggregates")).value();
    const std::string balance =
        "select balance from view_schema.wallet_records where aggregate_id = '" + uuid_text(id) + "'";
    const Decimal before = Decimal::parse(value(balance)).value();
    app->commands().execute(WalletStore::add(id, 20), WalletStore::draw(id, "0.50"_decimal));
    BOOST_TEST(value(balance) == (before + "19.50"_decimal).to_string());
    BOOST_TEST(app->verifier("wallet")->verify({}, {}, {}).differences.empty());
  }

  Options options;
  std::unique_ptr<Application> app;
};

std::string expected_balances() {
  std::ifstream file{fixtures / "sequent-wallet-balances.csv"};
  std::string heading;
  std::getline(file, heading);
  std::ostringstream rest;
  rest << file.rdbuf();
  return rest.str();
}

constexpr const char* commit_order =
    "select md5(string_agg(command_id::text, ',' order by xact_id, command_id)) from sequent_schema.events";
constexpr const char* ids_of_the_future =
    "select count(*) from sequent_schema.events where xact_id >= pg_snapshot_xmin(pg_current_snapshot())::text::bigint";

}  // namespace

BOOST_TEST_GLOBAL_FIXTURE(YoungCluster);

BOOST_FIXTURE_TEST_SUITE(adoption, Fixture)

BOOST_AUTO_TEST_CASE(a_restored_store_is_refused_until_it_is_adopted_and_then_its_wallets_go_on) {
  Database{options}.create({wallet::domain()});
  load_rubys_events();
  BOOST_CHECK((error_of([&] { start(); }) == ErrorCode::store_not_adopted));
  const std::string order = value(commit_order);

  const Adoption done = adopt();
  BOOST_TEST(done.moved);
  BOOST_TEST(done.events == 640);
  BOOST_TEST(done.transactions == 640);
  BOOST_TEST(value(ids_of_the_future) == "0");
  BOOST_TEST(value(commit_order) == order);
  BOOST_TEST(value("select count(*) from sequent_schema.saved_event_records") == "0");
  start();
  build_views();
  BOOST_TEST(balances() == expected_balances());
  go_on_with_a_wallet();
}

BOOST_AUTO_TEST_CASE(adopting_twice_does_nothing_the_second_time) {
  Database{options}.create({wallet::domain()});
  load_rubys_events();
  (void)adopt();
  const std::string ids =
      "select md5(string_agg(xact_id::text, ',' order by aggregate_id, sequence_number)) from sequent_schema.events";
  const std::string first = value(ids);
  const Adoption again = adopt();
  BOOST_TEST(!again.moved);
  BOOST_TEST(again.events == 0);
  BOOST_TEST(value(ids) == first);
}

BOOST_AUTO_TEST_CASE(two_that_adopt_at_once_take_turns) {
  Database{options}.create({wallet::domain()});
  load_rubys_events();
  std::vector<Adoption> done(3);
  std::vector<std::thread> threads;
  for (Adoption& one : done) threads.emplace_back([&] { one = adopt(); });
  for (std::thread& thread : threads) thread.join();
  BOOST_TEST(std::count_if(done.begin(), done.end(), [](const Adoption& one) { return one.moved; }) == 1);
  BOOST_TEST(value(ids_of_the_future) == "0");
}

BOOST_AUTO_TEST_CASE(a_store_that_another_program_installed_is_taken_over_and_nothing_of_it_is_changed) {
  run_sql_script(options.database_url, fixtures / "sequent-layout.sql");
  load_rubys_events();
  BOOST_CHECK((error_of([&] { Database{options}.create({wallet::domain()}); }) == ErrorCode::store_not_adopted));
  BOOST_CHECK((error_of([&] { start(); }) == ErrorCode::store_not_adopted));
  const std::string theirs =
      "select md5(string_agg(o, ';' order by o)) from ("
      "select pg_get_indexdef(indexrelid) from pg_index where indexrelid::regclass::text ~ '_idx$' and "
      "indexrelid::regclass::text !~ '_default_'"
      " union all select pg_get_triggerdef(oid) from pg_trigger where tgname ~ '^archive_'"
      " union all select pg_get_viewdef('sequent_schema.event_records')"
      " union all select attname || format_type(atttypid, atttypmod) || attnotnull from pg_attribute"
      "  where attnum between 1 and 8 and attrelid in ('sequent_schema.events'::regclass, "
      "'sequent_schema.commands'::regclass,"
      "  'sequent_schema.aggregates'::regclass)) as theirs (o)";
  const std::string before = value(theirs);
  const std::string order = value(commit_order);

  const Adoption done = adopt();
  BOOST_TEST(!done.installed.empty());
  BOOST_TEST(done.events == 640);
  BOOST_TEST(value(theirs) == before);
  BOOST_TEST(value(commit_order) == order);
  BOOST_TEST(value("select count(*) from sequent_schema.saved_event_records") == "0", "their triggers saw nothing");
  BOOST_TEST(
      value("select count(*) from pg_trigger where tgrelid = 'sequent_schema.events'::regclass and not tgisinternal"
            " and tgenabled = 'O'") == "5", "theirs, and ours against TRUNCATE and for kept aggregates");
  BOOST_TEST(
      value("select count(*) from pg_indexes where schemaname = 'sequent_schema' and tablename = 'events'") == "4",
      "no index on the same columns is added");
  BOOST_TEST(value("select count(*) from pg_class where relname = 'projector_states'") == "1",
             "what is missing is added");
  BOOST_TEST(value("select count(*) from pg_namespace where nspname = 'seriatim_reference'") == "0");
  start();
  build_views();
  BOOST_TEST(balances() == expected_balances());
  go_on_with_a_wallet();
  BOOST_TEST(Database{options}.migrate({wallet::domain()}).empty());
}

BOOST_AUTO_TEST_CASE(columns_and_defaults_that_a_foreign_store_lacks_are_added) {
  run_sql_script(options.database_url, fixtures / "sequent-layout.sql");
  (void)value("alter table sequent_schema.events alter column xact_id drop default");
  (void)value("alter table sequent_schema.commands drop column event_sequence_number");
  (void)adopt();
  BOOST_TEST(value("select pg_get_expr(adbin, adrelid) from pg_attrdef join pg_attribute a on a.attrelid = adrelid and "
                   "a.attnum = "
                   "adnum where adrelid = 'sequent_schema.events'::regclass and attname = 'xact_id'") != "");
  BOOST_TEST(
      value("select count(*) from pg_attribute where attrelid = 'sequent_schema.commands'::regclass and attname = "
            "'event_sequence_number'") == "1");
}

BOOST_AUTO_TEST_CASE(a_foreign_store_of_another_layout_is_refused_with_the_whole_list_and_left_alone) {
  run_sql_script(options.database_url, fixtures / "sequent-layout.sql");
  (void)value("alter table sequent_schema.commands alter column user_id type text");
  (void)value("alter table sequent_schema.aggregates add column tenant text not null");
  BOOST_CHECK_EXCEPTION((void)adopt(), Error, [](const Error& error) {
    const std::string text = error.what();
    return error.code() == ErrorCode::store_not_adopted &&
           contains(text, "column user_id of table commands is of type: text") &&
           contains(text, "column tenant of table aggregates is not null");
  });
  BOOST_TEST(value("select count(*) from pg_class where relname in ('projector_states', 'view_fingerprints')") == "0");
}

BOOST_AUTO_TEST_CASE(more_transactions_than_the_cluster_has_had_get_negative_ids_in_their_order) {
  Database{options}.create({wallet::domain()});
  load_more_transactions_than_the_cluster_has_had();
  const std::string order = value(commit_order);
  const Adoption done = adopt();
  BOOST_TEST(done.transactions == 20640);
  BOOST_TEST(value("select min(xact_id) < 0 from sequent_schema.events") == "t");
  BOOST_TEST(value("select count(*) from sequent_schema.events where xact_id = 0") == "0");
  BOOST_TEST(value("select count(distinct xact_id) from sequent_schema.events") == "20640");
  BOOST_TEST(value(commit_order) == order);
  BOOST_TEST(value(ids_of_the_future) == "0");
}

BOOST_AUTO_TEST_CASE(a_mark_in_the_middle_of_adopted_events_is_read_back_and_continues_behind_its_event) {
  Database{options}.create({wallet::domain()});
  load_more_transactions_than_the_cluster_has_had();
  (void)adopt();
  start();
  std::vector<std::string> events;
  std::vector<Mark> marks;
  const auto visit = [&](const LoggedEvent& event, const Mark& mark) {
    events.push_back(uuid_text(event.aggregate_id) + "." + std::to_string(event.sequence_number));
    marks.push_back(mark);
    BOOST_TEST(event.transaction < 0);
  };
  app->events().read({.limit = 3}, visit);
  BOOST_REQUIRE(marks.size() == 3U);
  const std::string text = marks[1].to_string();
  BOOST_TEST((Mark::parse(text) == marks[1]));
  app->events().read({.after = Mark::parse(text), .limit = 1}, visit);
  BOOST_TEST(events[3] == events[2]);
  // Behind a place before all of them.
  const std::string beginning = text.substr(0, text.rfind('/') + 1) + "-9223372036854775808." + events[0];
  app->events().read({.after = Mark::parse(beginning), .limit = 1}, visit);
  BOOST_TEST(events[4] == events[0]);
}

BOOST_AUTO_TEST_CASE(a_moved_store_whose_ids_lie_in_the_past_serves_but_is_not_migrated_until_it_is_adopted) {
  Database{options}.create({wallet::domain()});
  start();
  app->migrator("wallet")->online({}, {}, {});  // Leaves a horizon behind.
  (void)value("update sequent_schema.store_origin set cluster = '4711'");
  start();
  wallet::CreateWallet create;
  create.aggregate_id = new_uuid();
  create.user_id = "2";
  app->commands().execute(create);
  BOOST_CHECK((error_of([&] { build_views(); }) == ErrorCode::store_not_adopted));
  const Adoption done = adopt();
  BOOST_TEST(done.moved);
  BOOST_TEST(done.from_cluster == "4711");
  BOOST_TEST(done.events == 0);
  BOOST_TEST(done.forgotten_migrations == 1);
  build_views();
  BOOST_TEST(value("select count(*) from view_schema.wallet_records") == "1");
}

BOOST_AUTO_TEST_CASE(a_store_that_somebody_is_writing_to_is_not_adopted) {
  Database{options}.create({wallet::domain()});
  load_rubys_events();
  pqxx::connection other{options.database_url};
  pqxx::work writing{other};
  writing.exec("update sequent_schema.aggregates set events_partition_key = '' where false");
  BOOST_CHECK((error_of([&] { (void)adopt(); }) == ErrorCode::transient));
  writing.abort();
  BOOST_TEST(adopt().moved);
}

BOOST_AUTO_TEST_CASE(the_program_adopts_and_says_what_it_did) {
  Database{options}.create({wallet::domain()});
  load_rubys_events();
  const Cli cli;
  const auto run = [&](Arguments arguments) {
    Arguments all{"--database", options.database_url, "--plugin", wallet_plugin};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return cli.run_bare(all);
  };
  const ProgramResult refused = run({"migrate", "online"});
  BOOST_TEST(refused.exit_code == 1);
  BOOST_TEST(contains(refused.errors, "run `seriatim db adopt`"), refused.errors);
  const ProgramResult adopted = run({"db", "adopt", "--json"});
  BOOST_TEST(adopted.exit_code == 0);
  BOOST_TEST(contains(adopted.output, R"("moved":true)"), adopted.output);
  BOOST_TEST(contains(adopted.output, R"("events":640,"transactions":640)"), adopted.output);
  BOOST_TEST(run({"db", "adopt"}).output == "the event store belongs here already: nothing to do\n");
  BOOST_TEST(run({"migrate", "online"}).exit_code == 0);
}

BOOST_AUTO_TEST_SUITE_END()
