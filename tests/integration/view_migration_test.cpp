// Behaviour 10.1 to 10.5: building views online and switching offline, where a version adds a table.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <thread>

#include "runtime/process.hpp"
#include "support/wallet_before.hpp"
#include "support/wallet_store.hpp"

using namespace seriatim;
using namespace seriatim::testing;
using namespace seriatim::literals;

namespace {

struct Fixture : WalletStore {
  Fixture() : WalletStore{wallet_before::at(2)} {}

  std::unique_ptr<ViewMigrator> migrator = app->migrator("wallet");

  bool exists(const std::string& table) const {
    return value("select to_regclass('view_schema." + table + "')") != "";
  }
  MigrationResult online(std::optional<int> target = {}) { return migrator->online(target, {}, {}); }
  MigrationResult offline(std::optional<int> target = {}) { return migrator->offline(target, {}, {}); }

  /// Of sessions that begin from now on.
  void set(const std::string& setting) const {
    (void)value("do $$ begin execute format('alter database %I set " + setting + "', current_database()); end $$");
  }
  /// Returns when the server has ended a session that begins now, does `work` and is idle from then on.
  void wait_for_the_end_of_an_idle_session(const std::string& work) const {
    pqxx::connection idle{options.database_url};
    const std::string pid = std::to_string(idle.backendpid());
    pqxx::nontransaction{idle}.exec(work);
    BOOST_REQUIRE(runtime::wait_until(std::chrono::milliseconds{60'000}, [&] {
      return value("select count(*) from pg_stat_activity where pid = " + pid) == "0";
    }));
  }
};

/// Does, in the midst of its next replay, what a test says.
struct InterruptedProjector : wallet_before::WalletProjector {
  using WalletProjector::on;
  void on(const Event<wallet::WalletCreated>& e, Views& views) const {
    if (const auto call = std::exchange(meanwhile, {})) call();
    WalletProjector::on(e, views);
  }
  static inline std::function<void()> meanwhile;
};

/// Version 2 of the wallet, with an InterruptedProjector.
Domain interrupted() {
  Domain domain{"wallet"};
  domain.aggregate<wallet::Wallet>()
      .handler<wallet::WalletCommandHandler>()
      .projector<InterruptedProjector>()
      .projector<wallet::TransactionProjector>()
      .views(ViewVersions{}
                 .version(1, {replay<InterruptedProjector>()})
                 .version(2, {replay<wallet::TransactionProjector>()}),
             wallet_view_sql());
  return domain;
}

/// The wallet's files; some of them end in comments, without newlines.
std::span<const SqlFile> commented_sql() {
  static const std::vector<SqlFile> files = [] {
    std::vector<SqlFile> made{wallet_view_sql().begin(), wallet_view_sql().end()};
    for (SqlFile& file : made) {
      if (file.name == "wallet_records.sql") {
        file.text = "create table wallet_records%SUFFIX% (aggregate_id uuid not null, user_id varchar not null,"
                    " balance numeric(10, 2) not null) -- one row a wallet";
      }
      if (file.name == "wallet_records.indexes.sql") {
        file.text = "alter table wallet_records%SUFFIX% add primary key (aggregate_id); -- one row a wallet";
      }
      if (file.name == "wallet_records_3.sql") {
        file.text = "alter table wallet_records add column city varchar -- of the owner";
      }
    }
    made.push_back({"wallet_records_4.sql", "alter table wallet_records add column street varchar -- of the owner"});
    return made;
  }();
  return files;
}

/// The wallet with these files. Versions 3 and 4 alter the same table in place.
Domain commented(int latest) {
  ViewVersions plan;
  plan.version(1, {replay<wallet_before::WalletProjector>()}).version(2, {replay<wallet::TransactionProjector>()});
  for (int next = 3; next <= latest; ++next) plan.version(next, {alter_table<wallet_before::WalletRecord>()});
  Domain domain = wallet_before::at(2);
  domain.views(std::move(plan), commented_sql());
  return domain;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(view_migration, Fixture)

BOOST_AUTO_TEST_CASE(an_empty_store_is_migrated_too) {
  online(1);
  BOOST_TEST(exists("wallet_records_1"));
  BOOST_TEST(!exists("wallet_records"));
  offline(1);
  BOOST_TEST(exists("wallet_records"));
  BOOST_TEST(!exists("wallet_records_1"));
  BOOST_TEST(migrator->status().current == 1);
}

BOOST_AUTO_TEST_CASE(a_new_version_is_built_beside_the_live_one_and_switched) {
  migrate_to(1);
  const AggregateId id = create_wallet();
  app->commands().execute(add(id, 20), draw(id, 5));
  const MigrationResult built = online();
  BOOST_TEST(built.events == 2);
  BOOST_TEST(exists("transaction_records_2"));
  BOOST_TEST(migrator->status().current == 1);
  BOOST_TEST((migrator->status().phase == MigrationStatus::Phase::online_finished));
  app->commands().execute(add(id, 1));
  const MigrationResult switched = offline();
  BOOST_TEST(switched.events == 1);
  BOOST_TEST(switched.pause_seconds > 0);
  BOOST_TEST(wrong_transactions() == "0");
  app->commands().execute(draw(id, 2));
  BOOST_TEST(wrong_transactions() == "0");
  BOOST_TEST(wrong_wallets() == "0");
  BOOST_TEST(value("select count(*) from view_schema.transaction_records") == "4");
}

BOOST_AUTO_TEST_CASE(offline_without_online_before_it_is_refused) {
  BOOST_CHECK((error_of([&] { offline(); }) == ErrorCode::migration_not_started));
  online(1);
  BOOST_CHECK((error_of([&] { offline(2); }) == ErrorCode::migration_not_started));
  offline(1);
}

BOOST_AUTO_TEST_CASE(migrating_to_the_version_that_is_there_does_nothing) {
  migrate_to(2);
  BOOST_TEST(online().events == 0);
  BOOST_TEST(offline().events == 0);
  BOOST_TEST((migrator->status().phase == MigrationStatus::Phase::idle));
}

BOOST_AUTO_TEST_CASE(a_lower_version_than_the_database_has_is_refused) {
  migrate_to(2);
  BOOST_CHECK((error_of([&] { online(1); }) == ErrorCode::migration));
}

BOOST_AUTO_TEST_CASE(a_second_migration_at_the_same_time_is_refused) {
  std::optional<ErrorCode> second;
  migrator->online(
      1,
      [&](const MigrationProgress&) {
        if (second) return;
        second = error_of([&] { app->migrator("wallet")->online(1, {}, {}); });
      },
      {});
  BOOST_REQUIRE(second.has_value());
  BOOST_CHECK((*second == ErrorCode::concurrent_migration));
}

BOOST_AUTO_TEST_CASE(the_next_migration_may_begin_as_soon_as_one_has_ended) {
  for (int round = 0; round < 30; ++round) {
    online(1);
    BOOST_REQUIRE((error_of([&] { offline(2); }) == ErrorCode::migration_not_started));
  }
  offline(1);
}

BOOST_AUTO_TEST_CASE(a_failing_build_leaves_the_live_views_and_no_leftovers) {
  migrate_to(1);
  const AggregateId id = create_wallet();
  app->commands().execute(add(id, 1));
  (void)value("update sequent_schema.events set event_json = '{\"amount\": \"much\"}' where sequence_number = 2");
  BOOST_CHECK((error_of([&] { online(); }) == ErrorCode::deserialization));
  BOOST_TEST(migrator->status().current == 1);
  BOOST_TEST((migrator->status().phase == MigrationStatus::Phase::idle));
  BOOST_TEST(!exists("transaction_records_2"));
  (void)value("update sequent_schema.events set event_json = '{\"amount\": \"1\"}' where sequence_number = 2");
  migrate_to(2);
  BOOST_TEST(wrong_transactions() == "0");
}

BOOST_AUTO_TEST_CASE(what_a_killed_migration_left_behind_is_removed_by_the_next_one) {
  migrate_to(1);
  (void)create_wallet();
  // As a program that was killed in the middle leaves it: the row says running, tables are there, nobody has the lock.
  (void)value("insert into view_schema.sequent_versions (version, status) values (2, 1)");
  (void)value("create table view_schema.transaction_records_2 (garbage integer)");
  BOOST_TEST(migrator->status().interrupted);
  migrate_to(2);
  BOOST_TEST(!migrator->status().interrupted);
  BOOST_TEST(migrator->status().current == 2);
  BOOST_TEST(wrong_transactions() == "0");
}

BOOST_AUTO_TEST_CASE(a_cancelled_migration_leaves_no_leftovers) {
  const AggregateId id = create_wallet();
  (void)value("insert into sequent_schema.events (aggregate_id, sequence_number, created_at, command_id, event_type_id,"
              " event_json) select aggregate_id, n, created_at, command_id, (select id from sequent_schema.event_types "
              "where type = 'Wallet::Events::MoneyAdded'), '{\"amount\": \"0.01\"}' from sequent_schema.events, "
              "generate_series(2, 300000) n where aggregate_id = '" + uuid_text(id) + "'");
  BOOST_CHECK((error_of([&] { migrator->online({}, {}, [] { return true; }); }) == ErrorCode::migration));
  BOOST_TEST(!exists("wallet_records_2"));
  BOOST_TEST((migrator->status().phase == MigrationStatus::Phase::idle));
}

BOOST_AUTO_TEST_CASE(writers_go_on_through_online_and_offline_and_nothing_is_missed_or_doubled) {
  migrate_to(1);
  std::vector<AggregateId> wallets;
  for (int i = 0; i < 20; ++i) wallets.push_back(create_wallet());
  std::atomic<bool> stop{false};
  std::atomic<int> done{0};
  std::atomic<int> failed{0};
  std::vector<std::thread> writers;
  for (std::size_t thread = 0; thread < 3; ++thread) {
    writers.emplace_back([&, thread] {
      for (std::size_t i = thread; !stop; i += 3) {
        try {
          app->commands().execute(add(wallets[i % wallets.size()], "0.01"_decimal));
          ++done;
        } catch (const Error& error) {
          if (error.code() == ErrorCode::optimistic_locking) continue;
          std::fprintf(stderr, "unexpected: %s\n", error.what());
          ++failed;
        }
      }
    });
  }
  while (done < 200) std::this_thread::yield();
  online();
  while (done < 400) std::this_thread::yield();
  const MigrationResult result = offline();
  const int at_switch = done;
  while (done < at_switch + 200) std::this_thread::yield();
  stop = true;
  for (std::thread& writer : writers) writer.join();
  BOOST_TEST_MESSAGE(done << " commands, pause " << result.pause_seconds << " s");
  BOOST_TEST(failed == 0);
  BOOST_TEST(value("select count(*) from view_schema.transaction_records") == std::to_string(done));
  BOOST_TEST(wrong_wallets() == "0");
  BOOST_TEST(wrong_transactions() == "0");
}

BOOST_AUTO_TEST_CASE(a_later_event_with_a_smaller_transaction_id_is_never_replayed_before_its_predecessor) {
  migrate_to(1);
  const AggregateId id = create_wallet();
  // A transaction takes its id early, another one appends with a greater id, then the first appends behind it.
  pqxx::connection early{options.database_url};
  pqxx::work work{early};
  const auto early_id = work.exec("select pg_current_xact_id()::text::bigint")[0][0].as<std::int64_t>();
  app->commands().execute(add(id, 10));
  pqxx::connection held_open{options.database_url};
  pqxx::work holder{held_open};
  app->commands().execute(add(id, 20));
  work.exec("insert into sequent_schema.events (aggregate_id, sequence_number, created_at, command_id, event_type_id, "
            "event_json) select aggregate_id, 4, now(), command_id, event_type_id, '{\"amount\": \"30\", \"source\": "
            "\"late\"}' from sequent_schema.events where aggregate_id = '" + uuid_text(id) + "' and sequence_number = 3");
  work.exec("update view_schema.wallet_records set balance = balance + 30");
  work.commit();
  // The horizon lies between the two: above the early transaction's id and not above the later events'.
  const auto horizon = holder.exec("select min(xact_id) from sequent_schema.events where sequence_number = 2")[0][0]
                           .as<std::int64_t>();
  BOOST_REQUIRE(early_id < horizon);
  holder.exec("select pg_current_xact_id()");
  online();
  holder.commit();
  offline();
  BOOST_TEST(value("select string_agg(balance::text, ',' order by sequence_number) from "
                   "view_schema.transaction_records") == "10.00,30.00,60.00");
  BOOST_TEST(wrong_transactions() == "0");
}

BOOST_AUTO_TEST_CASE(an_older_plugin_cannot_write_views_that_it_does_not_know) {
  migrate_to(2);
  (void)value("insert into view_schema.sequent_versions (version) values (3)");
  const AggregateId id = new_uuid();
  wallet::CreateWallet create;
  create.aggregate_id = id;
  create.user_id = "2";
  BOOST_CHECK_EXCEPTION(app->commands().execute(create), Error, [](const Error& error) {
    return error.code() == ErrorCode::projector_migrating &&
           std::string{error.what()}.find("use the newer plugin") != std::string::npos;
  });
  BOOST_TEST(value("select count(*) from sequent_schema.events") == "0");
}

BOOST_AUTO_TEST_CASE(replay_and_live_projection_leave_the_same_rows) {
  migrate_to(2);
  for (int w = 0; w < 10; ++w) {
    const AggregateId id = create_wallet(std::to_string(w));
    for (int i = 0; i < 20; ++i) {
      app->commands().execute(add(id, Decimal{i + 1}), draw(id, Decimal{i + 1} - "0.50"_decimal));
    }
  }
  const std::string rows =
      "select md5(string_agg(r::text, '|' order by aggregate_id, sequence_number)) from view_schema.transaction_records r";
  const std::string live = value(rows);
  (void)value("drop table view_schema.transaction_records");
  (void)value("drop table view_schema.wallet_records");
  (void)value("delete from view_schema.sequent_versions");
  (void)value("alter table view_schema.seriatim_version_2 rename to seriatim_version_0");
  migrate_to(2);
  BOOST_TEST(value(rows) == live);
  BOOST_TEST(wrong_wallets() == "0");
}

BOOST_AUTO_TEST_CASE(a_script_may_end_in_a_comment_without_a_newline) {
  Application second{options, {commented(2)}};
  second.migrator("wallet")->online({}, {}, {});
  BOOST_TEST(value("select count(*) from pg_index where indrelid = 'view_schema.wallet_records_2'::regclass and "
                   "indisprimary") == "1");
  second.migrator("wallet")->offline({}, {}, {});
  Application fourth{options, {commented(4)}};
  fourth.migrator("wallet")->online({}, {}, {});
  fourth.migrator("wallet")->offline({}, {}, {});
  BOOST_TEST(value("select string_agg(attname, ' ' order by attnum) from pg_attribute where attnum > 3 and attrelid = "
                   "'view_schema.wallet_records'::regclass") == "city street");
}

BOOST_AUTO_TEST_CASE(a_migration_keeps_its_lock_where_idle_sessions_are_ended) {
  Application slow{options, {interrupted()}};
  const AggregateId id = create_wallet();
  app->commands().execute(add(id, 20));
  set("idle_session_timeout = ''200ms''");
  std::optional<ErrorCode> second;
  InterruptedProjector::meanwhile = [&] {
    wait_for_the_end_of_an_idle_session("select 1");
    second = error_of([&] { app->migrator("wallet")->online({}, {}, {}); });
  };
  slow.migrator("wallet")->online({}, {}, {});
  BOOST_REQUIRE(second.has_value());
  BOOST_CHECK((*second == ErrorCode::concurrent_migration));
  slow.migrator("wallet")->offline({}, {}, {});
  BOOST_TEST(wrong_wallets() == "0");
  BOOST_TEST(wrong_transactions() == "0");
}

BOOST_AUTO_TEST_CASE(a_replay_keeps_its_lock_where_idle_sessions_are_ended) {
  Application slow{options, {interrupted()}};
  const AggregateId id = create_wallet();
  app->commands().execute(add(id, 20));
  migrate_to(2);
  const auto replay = slow.replay("wallet");
  replay->prepare({}, {});
  set("idle_session_timeout = ''200ms''");
  std::optional<ErrorCode> second;
  InterruptedProjector::meanwhile = [&] {
    wait_for_the_end_of_an_idle_session("select 1");
    second = error_of([&] { app->replay("wallet")->run({}, {}); });
  };
  BOOST_TEST(replay->run({}, {}).events == 2);
  BOOST_REQUIRE(second.has_value());
  BOOST_CHECK((*second == ErrorCode::concurrent_migration));
}

BOOST_AUTO_TEST_CASE(a_dry_run_of_two_projectors_outlives_the_time_out_of_idle_transactions) {
  Application slow{options, {interrupted()}};
  const AggregateId id = create_wallet();
  app->commands().execute(add(id, 20));
  set("idle_in_transaction_session_timeout = ''200ms''");
  InterruptedProjector::meanwhile = [&] { wait_for_the_end_of_an_idle_session("begin"); };
  const MigrationRehearsal rehearsal = slow.migrator("wallet")->dry_run({}, {}, {});
  BOOST_REQUIRE(rehearsal.replays.size() == 2U);
  BOOST_TEST(rehearsal.replays[0].events == 2);
  BOOST_TEST(rehearsal.replays[1].events == 1);
}

BOOST_AUTO_TEST_SUITE_END()
