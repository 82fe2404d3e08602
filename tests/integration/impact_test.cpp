// What a migration costs, which projectors have changed, and changes that no version tells of.

#include <boost/test/unit_test.hpp>

#include "cli.hpp"
#include "support/wallet_before.hpp"
#include "support/wallet_store.hpp"

using namespace seriatim;
using namespace seriatim::testing;
using namespace seriatim::literals;

namespace {

/// The wallet's record with one column more, kept by a projector that handles one event less.
struct RichRecord {
  static constexpr std::string_view table = "wallet_records";
  Uuid aggregate_id{};
  std::string user_id;
  Decimal balance;
  std::string currency;
};
BOOST_DESCRIBE_STRUCT(RichRecord, (), (aggregate_id, user_id, balance, currency))

struct RichProjector {
  static constexpr std::string_view type_name = "WalletProjector";
  using Manages = records<RichRecord>;
  using Events = types<wallet::WalletCreated, wallet::MoneyAdded>;
  void on(const Event<wallet::WalletCreated>& e, Views& views) const {
    views.create(RichRecord{e.aggregate_id, e->user_id, 0, "EUR"});
  }
  void on(const Event<wallet::MoneyAdded>& e, Views& views) const {
    views.update_one<RichRecord>(by_aggregate(e), {increase(&RichRecord::balance, e->amount)});
  }
};

constexpr std::string_view table_sql =
    "create table wallet_records%SUFFIX% (id serial primary key, aggregate_id uuid not null, user_id varchar not null,"
    " balance numeric(10, 2) not null default 0)";

std::span<const SqlFile> rich_sql() {
  static const SqlFile files[] = {
      {"wallet_records.sql", table_sql},
      {"wallet_records_2.sql",
       "alter table wallet_records%SUFFIX% add column currency varchar not null default 'EUR'"}};
  return files;
}

std::span<const SqlFile> forgetful_sql() {
  static const SqlFile files[] = {
      {"wallet_records.sql", table_sql},
      {"wallet_records_2.sql", "alter table wallet_records add column currency varchar not null default 'EUR'"}};
  return files;
}

template <class Projector>
Domain domain_with(ViewVersions versions, std::span<const SqlFile> sql) {
  Domain domain{"wallet"};
  domain.aggregate<wallet::Wallet>().handler<wallet::WalletCommandHandler>().projector<Projector>().views(
      std::move(versions), sql);
  return domain;
}

ViewVersions first_version() {
  return ViewVersions{}.version(1, {replay<wallet_before::WalletProjector>()});
}
ViewVersions with_alter() {
  return first_version().version(2, {alter_table<RichRecord>()});
}
ViewVersions with_replay() {
  return first_version().version(2, {replay<RichProjector>()});
}

struct Fixture : WalletStore {
  /// The store as a program leaves it whose views have one version.
  void build_plain() {
    app = std::make_unique<Application>(
        options, std::vector<Domain>{domain_with<wallet_before::WalletProjector>(first_version(), rich_sql())});
    migrate_to(1);
  }
  std::unique_ptr<Application> rich(ViewVersions versions, std::span<const SqlFile> sql = rich_sql()) {
    return std::make_unique<Application>(options,
                                         std::vector<Domain>{domain_with<RichProjector>(std::move(versions), sql)});
  }
  std::string currencies() const { return value("select string_agg(currency, ',') from view_schema.wallet_records"); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(impact, Fixture)

BOOST_AUTO_TEST_CASE(the_plan_counts_events_and_estimates_time_and_disk) {
  WalletStore store{wallet_before::at(2)};
  const AggregateId id = store.create_wallet();
  store.app->commands().execute(add(id, 20), draw(id, 5));
  const MigrationPlan before = store.app->migrator("wallet")->plan(1);
  BOOST_REQUIRE(before.impact.replays.size() == 1U);
  BOOST_TEST(before.impact.replays.front().projector == "WalletProjector");
  BOOST_TEST(before.impact.replays.front().events == 3);
  BOOST_TEST(!before.impact.replays.front().from_live_tables);
  BOOST_TEST(before.impact.bytes > 0);
  BOOST_TEST(!before.impact.seconds.has_value(), "nothing was measured yet");
  store.migrate_to(1);
  const MigrationImpact impact = store.app->migrator("wallet")->plan(2).impact;
  BOOST_TEST(impact.events == 2, "movements alone");
  BOOST_TEST(impact.seconds.value() > 0);
  BOOST_TEST(impact.rate > 0);
  BOOST_TEST(impact.changed.empty());
}

BOOST_AUTO_TEST_CASE(disk_is_estimated_by_the_live_tables_where_there_are_some) {
  build_plain();
  (void)create_wallet();
  const MigrationImpact found = rich(with_replay())->migrator("wallet")->plan({}).impact;
  BOOST_REQUIRE(found.replays.size() == 1U);
  BOOST_TEST(found.replays.front().from_live_tables);
  BOOST_TEST(std::to_string(found.bytes) == value("select pg_total_relation_size('view_schema.wallet_records')"));
}

BOOST_AUTO_TEST_CASE(a_changed_projector_is_named_with_what_has_changed) {
  build_plain();
  const auto changed = rich(with_replay())->migrator("wallet")->plan({}).impact.changed;
  BOOST_REQUIRE(changed.size() == 1U);
  BOOST_TEST(changed.front().projector == "WalletProjector");
  BOOST_TEST(changed.front().planned);
  const std::vector<std::string> expected{"table wallet_records: column currency (string) is new",
                                          "event Wallet::Events::MoneyDrew is gone"};
  BOOST_TEST(changed.front().changes == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_record_that_changed_without_a_new_version_is_refused_at_the_start) {
  build_plain();
  (void)value("alter table view_schema.wallet_records add column currency varchar not null default ''");
  BOOST_CHECK_EXCEPTION(rich(first_version()), Error, [](const Error& error) {
    const std::string text = error.what();
    return error.code() == ErrorCode::domain_mismatch &&
           contains(text, "the records of WalletProjector have changed") &&
           contains(text, "column currency (string) is new") && contains(text, "add version 2");
  });
}

BOOST_AUTO_TEST_CASE(a_new_version_is_what_the_projectors_are_compared_with_after_the_switch) {
  build_plain();
  (void)create_wallet();
  app = rich(with_replay(), [] {
    static const SqlFile files[] = {
        {"wallet_records.sql",
         "create table wallet_records%SUFFIX% (aggregate_id uuid, user_id text, balance numeric, currency text)"}};
    return std::span<const SqlFile>{files};
  }());
  migrate_to(2);
  BOOST_TEST(currencies() == "EUR");
  BOOST_TEST(app->migrator("wallet")->plan({}).impact.changed.empty());
  BOOST_TEST(value("select version from sequent_schema.view_fingerprints where projector = 'WalletProjector'") == "2");
}

BOOST_AUTO_TEST_CASE(a_column_that_an_alter_adds_is_there_when_a_fresh_database_is_loaded) {
  (void)create_wallet();
  app = rich(with_alter());
  migrate_to(2);
  BOOST_TEST(currencies() == "EUR");
  (void)create_wallet();
  BOOST_TEST(currencies() == "EUR,EUR");
}

BOOST_AUTO_TEST_CASE(the_same_alter_is_run_on_the_live_table_of_an_older_database) {
  build_plain();
  (void)create_wallet();
  app = rich(with_alter());
  migrate_to(2);
  BOOST_TEST(currencies() == "EUR");
  (void)create_wallet();
  BOOST_TEST(currencies() == "EUR,EUR");
}

BOOST_AUTO_TEST_CASE(new_tables_that_do_not_fit_their_records_are_refused_before_events_are_read) {
  (void)create_wallet();
  app = rich(with_alter(), forgetful_sql());
  BOOST_CHECK_EXCEPTION(app->migrator("wallet")->online({}, {}, {}), Error, [](const Error& error) {
    const std::string text = error.what();
    return error.code() == ErrorCode::migration &&
           contains(text, "table view_schema.wallet_records_2 has no column currency") &&
           contains(text, "write %SUFFIX%");
  });
  BOOST_TEST(value("select to_regclass('view_schema.wallet_records_2')") == "");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(impact_commands)

BOOST_FIXTURE_TEST_CASE(migrate_plan_prints_what_it_costs, EarlierWalletCli) {
  build_views("1");
  BOOST_TEST(run({"execute"}, create_wallet(some_id) + add_money(some_id, "20")).exit_code == 0);
  const ProgramResult text = run({"migrate", "plan"});
  BOOST_TEST(contains(text.output, "TransactionProjector reads 1 events, and its tables take at most about"),
             text.output);
  BOOST_TEST(contains(text.output, "in all: 1 events, an unknown time"), text.output);
  const ProgramResult json = run({"migrate", "plan", "--json"});
  BOOST_TEST(
      contains(json.output, R"("changed":[],"replays":[{"projector":"TransactionProjector","version":2,"events":1,)"),
      json.output);
  build_views("2");
  BOOST_TEST(contains(run({"migrate", "plan", "--json"}).output, R"("replays":[],"events":0,"bytes":0)"));
}

BOOST_AUTO_TEST_SUITE_END()
