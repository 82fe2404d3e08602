// Behaviour 10.5: a way back. The version that a switch replaced is kept, and made live again.
#include <boost/test/unit_test.hpp>

#include "cli.hpp"
#include "support/two_versions.hpp"
#include "support/wallet_before.hpp"

using namespace seriatim;
using namespace seriatim::testing;
using namespace seriatim::literals;

BOOST_FIXTURE_TEST_SUITE(going_back, TwoVersions)

BOOST_AUTO_TEST_CASE(the_version_before_comes_back_with_all_that_happened_since) {
  const AggregateId id = create_wallet();
  execute(add(id, 20));
  online(*next);
  execute(add(id, 1));
  const MigrationResult forward = offline(*next);
  BOOST_REQUIRE(forward.kept.has_value());
  BOOST_TEST(forward.kept->version == 3);
  BOOST_TEST(forward.kept->tables == std::vector<std::string>{"wallet_records_3"}, boost::test_tools::per_element());
  execute(draw(id, 5));
  wallet::CreateWallet create;
  create.aggregate_id = new_uuid();
  create.user_id = "3";
  execute(create);
  execute(add(create.aggregate_id, 3));
  BOOST_TEST(behind() == 3);
  const MigrationResult back = rollback(*app);
  BOOST_TEST(back.from == 4);
  BOOST_TEST(back.to == 3);
  BOOST_TEST(back.events == 3);
  BOOST_TEST(back.pause_seconds > 0);
  BOOST_TEST(live() == "3");
  BOOST_TEST(wrong_wallets() == "0");
  BOOST_TEST(wrong_transactions() == "0");
  app->commands().execute(add(id, 7));
  BOOST_TEST(wrong_wallets() == "0");
  BOOST_TEST(wrong_transactions() == "0");
  BOOST_TEST(value("select active_version || ' ' || replaying_version from sequent_schema.projector_states where "
                   "projector = 'WalletProjector'") == "3 4");
  BOOST_TEST(!app->migrator("wallet")->status().kept.has_value());
}

BOOST_AUTO_TEST_CASE(after_going_back_offline_goes_forward_again_without_a_rebuild) {
  const AggregateId id = create_wallet();
  for (int i = 0; i < 10; ++i) execute(add(id, 1));
  go_forward();
  rollback(*app);
  BOOST_TEST(exists("wallet_records_4"));
  app->commands().execute(add(id, 2));
  const MigrationResult again = offline(*next);
  BOOST_TEST(again.events == 1, "the rest was in the tables already");
  BOOST_TEST(wrong_counted("wallet_records") == "0");
  next->commands().execute(add(id, 4));
  BOOST_TEST(wrong_counted("wallet_records") == "0");
  BOOST_TEST(wrong_transactions() == "0");
  rollback(*app);
  BOOST_TEST(wrong_wallets() == "0");
}

BOOST_AUTO_TEST_CASE(after_going_back_online_builds_the_newer_tables_anew) {
  const AggregateId id = create_wallet();
  go_forward();
  (void)value("update view_schema.wallet_records set movements = 77");
  rollback(*app);
  execute(add(id, 2));
  go_forward();
  BOOST_TEST(wrong_counted("wallet_records") == "0");
}

BOOST_AUTO_TEST_CASE(going_back_twice_does_nothing_the_second_time) {
  go_forward();
  rollback(*app);
  const MigrationResult again = rollback(*app);
  BOOST_TEST(again.from == 3);
  BOOST_TEST(again.to == 3);
  BOOST_TEST(live() == "3");
}

BOOST_AUTO_TEST_CASE(a_version_that_only_added_a_projector_can_be_left_again) {
  WalletStore other{wallet_before::at(2)};
  other.migrate_to(1);
  const AggregateId id = other.create_wallet();
  const auto migrator = other.app->migrator("wallet");
  migrator->online(2, {}, {});
  BOOST_TEST(migrator->offline(2, {}, {}).kept->tables.empty(), "nothing was replaced");
  Application first{other.options, {wallet_before::at(1)}};
  other.app->commands().execute(add(id, 3));
  first.migrator("wallet")->rollback({}, {});
  first.commands().execute(add(id, 4));
  BOOST_TEST(other.wrong_wallets() == "0");
  other.app->commands().execute(add(id, 5));
  BOOST_TEST(other.value("select to_regclass('view_schema.transaction_records')") == "");
  migrator->offline(2, {}, {});
  BOOST_TEST(other.wrong_transactions() == "0");
}

BOOST_AUTO_TEST_CASE(a_plugin_of_another_version_is_refused_with_the_version_that_is_kept) {
  const auto refusal = [&](Domain domain) {
    std::string text;
    BOOST_CHECK_EXCEPTION(rollback(*program(std::move(domain))), Error, [&](const Error& error) {
      text = error.what();
      return error.code() == ErrorCode::migration;
    });
    return text;
  };
  BOOST_TEST(contains(refusal(wallet::domain()), "at version 3, and no version before it is kept"));
  go_forward();
  BOOST_TEST(contains(refusal(wallet_next::fourth()), "version 3 is kept, but this plugin's newest version is 4"));
  BOOST_TEST(contains(refusal(wallet_before::at(1)), "use the plugin whose newest version is 3"));
  Domain changed = wallet_next::bare();
  changed.projector<wallet_next::WalletProjector>().projector<wallet::TransactionProjector>().views(
      wallet_next::versions(3), wallet_next::view_sql());
  BOOST_TEST(contains(refusal(std::move(changed)), "the records of WalletProjector are not those of the kept tables"));
  BOOST_TEST(live() == "4");
}

BOOST_AUTO_TEST_CASE(a_projector_that_was_deactivated_since_is_no_way_back) {
  go_forward();
  Domain lesser = wallet_next::bare();
  lesser.projector<wallet_next::WalletProjector>().views(
      ViewVersions{}.version(1, {replay<wallet_next::WalletProjector>()}).version(4, {replay<wallet_next::WalletProjector>()}),
      wallet_next::view_sql());
  program(std::move(lesser))->projectors()->deactivate("TransactionProjector", "");
  BOOST_CHECK_EXCEPTION(rollback(*app), Error, [](const Error& error) {
    return contains(error.what(), "projector TransactionProjector has not written its tables since");
  });
  BOOST_TEST(live() == "4");
}

BOOST_AUTO_TEST_CASE(a_projector_that_the_newer_plugin_lacks_comes_back_with_its_table) {
  const AggregateId id = create_wallet();
  execute(add(id, 20));
  const auto lesser = program(wallet_next::shrunk(4));
  online(*lesser);
  offline(*lesser);
  BOOST_TEST(exists("transaction_records_3"));
  BOOST_TEST(!exists("transaction_records"), "what nobody writes any more is not called the live table");
  lesser->commands().execute(draw(id, 5));
  BOOST_TEST(rollback(*app).events == 1);
  app->commands().execute(add(id, 1));
  BOOST_TEST(wrong_transactions() == "0");
  BOOST_TEST(wrong_wallets() == "0");
}

BOOST_AUTO_TEST_CASE(a_table_that_was_altered_in_place_has_no_way_back) {
  const AggregateId id = create_wallet();
  const auto altered = program(wallet_next::altered());
  const auto migrator = altered->migrator("wallet");
  migrator->online({}, {}, {});
  migrator->keep(std::chrono::hours{1});
  BOOST_CHECK_EXCEPTION(migrator->offline({}, {}, {}), Error, [](const Error& error) {
    return error.code() == ErrorCode::migration && contains(error.what(), "version 4 alters wallet_records in place");
  });
  BOOST_TEST(live() == "3");
  const MigrationResult result = offline(*altered);
  BOOST_TEST(contains(result.kept.value().refusal, "version 4 alters wallet_records in place"));
  BOOST_CHECK_EXCEPTION(rollback(*app), Error, [](const Error& error) {
    return contains(error.what(), "cannot come back, because version 4 alters wallet_records in place");
  });
  altered->commands().execute(add(id, 1));
  BOOST_TEST(live() == "4");
}

BOOST_AUTO_TEST_CASE(a_kept_version_whose_time_is_over_is_dropped_by_the_next_step) {
  go_forward();
  (void)value("update sequent_schema.kept_views set keep_until = now() - interval '1 second'");
  BOOST_TEST(app->migrator("wallet")->status().kept.value().expired);
  BOOST_TEST(exists("wallet_records_3"));
  BOOST_CHECK((error_of([&] { rollback(*app); }) == ErrorCode::migration));
  BOOST_TEST(!exists("wallet_records_3"));
  BOOST_TEST(!next->migrator("wallet")->status().kept.has_value());
  BOOST_TEST(live() == "4");
}

BOOST_AUTO_TEST_CASE(a_version_that_is_not_to_be_kept_is_dropped_at_the_switch) {
  online(*next);
  const auto migrator = next->migrator("wallet");
  migrator->keep(std::chrono::seconds{0});
  const MigrationResult result = migrator->offline({}, {}, {});
  BOOST_REQUIRE(!result.dropped.empty());
  BOOST_TEST(result.dropped.back().version == 3);
  BOOST_TEST(!result.kept.has_value());
  BOOST_TEST(!exists("wallet_records_3"));
  BOOST_CHECK((error_of([&] { rollback(*app); }) == ErrorCode::migration));
  BOOST_CHECK((error_of([&] { migrator->keep(std::chrono::seconds{-1}); }) == ErrorCode::usage));
}

BOOST_AUTO_TEST_CASE(kept_views_can_be_dropped_before_their_time) {
  go_forward();
  BOOST_TEST(app->migrator("wallet")->drop_kept(false).empty());
  const auto dropped = app->migrator("wallet")->drop_kept(true);
  BOOST_REQUIRE(dropped.size() == 1U);
  BOOST_TEST(dropped[0].tables.front() == "wallet_records_3");
  BOOST_TEST(!exists("wallet_records_3"));
}

BOOST_AUTO_TEST_CASE(one_version_is_kept_and_the_next_switch_keeps_its_own) {
  go_forward();
  Domain fourth = wallet_next::bare();
  fourth.projector<wallet_next::WalletProjector>().projector<wallet::TransactionProjector>().views(
      wallet_next::versions(4).version(5, {replay<wallet::TransactionProjector>()}), wallet_next::view_sql());
  const auto newest = program(std::move(fourth));
  online(*newest);
  BOOST_TEST(exists("wallet_records_3"), "until the switch, there is a way back");
  const MigrationResult result = offline(*newest);
  BOOST_TEST(result.kept.value().version == 4);
  BOOST_REQUIRE(result.dropped.size() == 1U);
  BOOST_TEST(result.dropped[0].version == 3);
  BOOST_TEST(!exists("wallet_records_3"));
  BOOST_TEST(exists("transaction_records_4"));
  BOOST_CHECK((error_of([&] { rollback(*app); }) == ErrorCode::migration));
  rollback(*next);
  BOOST_TEST(wrong_transactions() == "0");
}

BOOST_AUTO_TEST_CASE(going_back_throws_away_a_version_that_was_being_built) {
  go_forward();
  Domain fourth = wallet_next::bare();
  fourth.projector<wallet_next::WalletProjector>().projector<wallet::TransactionProjector>().views(
      wallet_next::versions(4).version(5, {replay<wallet::TransactionProjector>()}), wallet_next::view_sql());
  online(*program(std::move(fourth)));
  BOOST_TEST(exists("transaction_records_5"));
  rollback(*app);
  BOOST_TEST(!exists("transaction_records_5"));
  BOOST_TEST(app->migrator("wallet")->status().target.value() == 4);
}

BOOST_AUTO_TEST_SUITE_END()
