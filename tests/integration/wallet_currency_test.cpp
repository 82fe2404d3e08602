// Version 3 of the wallet's views, which adds the column `currency` to a live table by `alter table`: from version 2, from
// version 1, and from nothing.
#include <boost/test/unit_test.hpp>

#include "cli.hpp"
#include "support/wallet_before.hpp"
#include "support/wallet_store.hpp"

using namespace seriatim;
using namespace seriatim::testing;
using namespace seriatim::literals;

namespace {

/// A store that the wallet of version 2 has filled, and the wallet as it is.
struct Fixture : WalletStore {
  Fixture() : WalletStore{wallet_before::at(2)} {}

  MigrationResult online(std::optional<int> target = {}) { return now.migrator("wallet")->online(target, {}, {}); }
  MigrationResult offline() { return now.migrator("wallet")->offline({}, {}, {}); }

  /// Two wallets with 15.00 and 1.25, the second one younger.
  void fill() {
    rich = create_wallet("2");
    app->commands().execute(add(rich, 20), draw(rich, 5));
    poor = create_wallet("3");
    app->commands().execute(add(poor, "1.25"_decimal));
  }

  [[nodiscard]] std::string rows(const std::string& columns) const {
    return value("select string_agg(concat_ws(' ', " + columns + "), ', ' order by user_id) from view_schema.wallet_records");
  }
  [[nodiscard]] std::string columns() const {
    return value("select string_agg(concat_ws(' ', attname, format_type(atttypid, atttypmod), attnotnull::text), ', ' order"
                 " by attnum) from pg_attribute where attrelid = 'view_schema.wallet_records'::regclass and attnum > 0");
  }
  [[nodiscard]] std::string table(const std::string& name) const {
    return value("select 'view_schema." + name + "'::regclass::oid");
  }
  [[nodiscard]] std::string states() const {
    return value("select string_agg(projector || ' ' || active_version, ', ' order by projector) from "
                 "sequent_schema.projector_states where view_schema is not null");
  }

  /// What version 3 is, however it came about: rows, the program that writes them, and the numbers.
  void check_version_3() {
    BOOST_TEST(now.migrator("wallet")->status().current == 3);
    BOOST_TEST(states() == "TransactionProjector 2, WalletProjector 3");
    BOOST_TEST(columns() == "id integer true, aggregate_id uuid true, user_id character varying true,"
                            " balance numeric(10,2) true, currency character varying true");
    BOOST_TEST(rows("user_id, balance, currency") == "2 15.00 EUR, 3 1.25 EUR");
    wallet::CreateWallet create;
    create.aggregate_id = new_uuid();
    create.user_id = "4";
    now.commands().execute(create);
    now.commands().execute(add(create.aggregate_id, 7), draw(rich, 1));
    BOOST_TEST(rows("user_id, balance, currency") == "2 14.00 EUR, 3 1.25 EUR, 4 7.00 EUR");
    BOOST_TEST(wrong_wallets() == "0");
    BOOST_TEST(wrong_transactions() == "0");
    BOOST_TEST(now.verifier("wallet")->verify({}, {}, {}).differences.empty());
  }

  Application now{options, {wallet::domain()}};
  AggregateId rich{};
  AggregateId poor{};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(wallet_currency, Fixture)

BOOST_AUTO_TEST_CASE(rows_that_are_there_keep_their_values_and_get_the_new_column_in_the_same_table) {
  build_views();
  fill();
  const std::string wallets = table("wallet_records");
  const std::string movements = table("transaction_records");
  const std::string before = rows("id, aggregate_id, user_id, balance");
  BOOST_TEST(online().events == 0, "there is nothing to replay");
  BOOST_TEST(!contains(columns(), "currency"), "it comes with the switch");
  BOOST_TEST(offline().to == 3);
  BOOST_TEST(rows("id, aggregate_id, user_id, balance") == before);
  BOOST_TEST(table("wallet_records") == wallets);
  BOOST_TEST(table("transaction_records") == movements);
  check_version_3();
}

BOOST_AUTO_TEST_CASE(the_program_of_version_2_writes_until_the_switch_and_that_of_version_3_from_then_on) {
  build_views();
  const AggregateId id = create_wallet();
  online();
  BOOST_CHECK((error_of([&] { now.commands().execute(add(id, 1)); }) == ErrorCode::projector_migrating));
  app->commands().execute(add(id, 2));
  offline();
  BOOST_CHECK((error_of([&] { app->commands().execute(add(id, 4)); }) == ErrorCode::projector_migrating));
  now.commands().execute(add(id, 8));
  BOOST_TEST(rows("balance, currency") == "10.00 EUR");
  BOOST_TEST(wrong_transactions() == "0");
}

BOOST_AUTO_TEST_CASE(a_way_back_from_version_3_is_refused_because_it_alters_in_place) {
  build_views();
  online();
  const auto migrator = now.migrator("wallet");
  migrator->keep(std::chrono::hours{1});
  BOOST_CHECK_EXCEPTION(migrator->offline({}, {}, {}), Error, [](const Error& error) {
    return error.code() == ErrorCode::migration && contains(error.what(), "version 3 alters wallet_records in place");
  });
  BOOST_TEST(!contains(columns(), "currency"));
}

BOOST_AUTO_TEST_CASE(from_version_1_to_3_one_table_is_built_and_the_other_one_altered) {
  migrate_to(1);
  fill();
  const std::string wallets = table("wallet_records");
  BOOST_TEST(online().events == 3, "the movements alone");
  BOOST_TEST(offline().from == 1);
  BOOST_TEST(table("wallet_records") == wallets);
  check_version_3();
}

BOOST_AUTO_TEST_CASE(from_nothing_to_version_3_the_column_is_there_when_the_rows_are_loaded) {
  fill();
  BOOST_TEST(online().events == 5);
  BOOST_TEST(offline().from == 0);
  check_version_3();
}

BOOST_AUTO_TEST_CASE(the_program_of_version_3_builds_no_older_table_and_says_which_one_it_can_build) {
  BOOST_CHECK_EXCEPTION(online(2), Error, [](const Error& error) {
    const std::string text = error.what();
    return error.code() == ErrorCode::migration && contains(text, "table view_schema.wallet_records_2 has no column currency") &&
           contains(text, "records are those of version 3, so migrate to that one, or use the program whose newest version is 2");
  });
  BOOST_TEST(value("select to_regclass('view_schema.wallet_records_2')") == "");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(wallet_currency_commands)

BOOST_FIXTURE_TEST_CASE(the_program_plans_and_switches_to_the_altered_table, EarlierWalletCli) {
  build_views();
  BOOST_TEST(run({"execute"}, create_wallet(some_id) + add_money(some_id, "20")).exit_code == 0);
  const auto now = [&](const Arguments& step) {
    Arguments all{"--database", url(), "--plugin", wallet_plugin, "--quiet", "migrate"};
    all.insert(all.end(), step.begin(), step.end());
    return run_bare(all);
  };
  BOOST_TEST(now({"pending"}).output == "yes: the views of wallet are at version 2, and version 3 is to come\n");
  const ProgramResult plan = now({"plan"});
  BOOST_TEST(contains(plan.output, "alter wallet_records"), plan.output);
  BOOST_TEST(!contains(plan.output, "  replay "), plan.output);
  BOOST_TEST(contains(plan.output, "table wallet_records: column currency (string) is new"), plan.output);
  BOOST_TEST(now({"online"}).exit_code == 0);
  BOOST_TEST(now({"current-version"}).output == "2\n");
  const ProgramResult offline = now({"offline"});
  BOOST_TEST(offline.output.starts_with("wallet: version 3 is live; 0 events in "), offline.output);
  BOOST_TEST(offline.output.ends_with("which leaves no table of version 2\n"), offline.output);
  BOOST_TEST(now({"current-version"}).output == "3\n");
  BOOST_TEST(query("select user_id, balance, currency from view_schema.wallet_records") == "2|20.00|EUR");
}

BOOST_AUTO_TEST_SUITE_END()
