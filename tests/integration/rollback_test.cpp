// Behaviour 10.5: a way back. The version that a switch replaced is kept, followed and made live again.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <optional>
#include <thread>

#include "cli.hpp"
#include "support/postgres_proxy.hpp"
#include "support/wallet_next.hpp"
#include "support/wallet_store.hpp"

using namespace seriatim;
using namespace seriatim::testing;
using namespace seriatim::literals;

namespace {

/// Version 2 is live, by `app`; `next` is a program with version 3, which builds the table of wallets anew.
struct Fixture : WalletStore {
  Fixture() {
    migrate_to(2);
    next = program(wallet_next::third());
  }

  std::unique_ptr<Application> program(Domain domain) const {
    return std::make_unique<Application>(options, std::vector<Domain>{std::move(domain)});
  }

  static void online(Application& program) { program.migrator("wallet")->online({}, {}, {}); }
  static MigrationResult offline(Application& program) { return program.migrator("wallet")->offline({}, {}, {}); }
  static MigrationResult rollback(Application& program) { return program.migrator("wallet")->rollback({}, {}); }
  void go_forward() {
    online(*next);
    offline(*next);
  }

  /// By whichever program is served.
  template <class Command>
  void execute(const Command& command) {
    try {
      next->commands().execute(command);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::projector_migrating) throw;
      app->commands().execute(command);
    }
  }

  bool exists(const std::string& table) const {
    return value("select to_regclass('view_schema." + table + "')") != "";
  }
  [[nodiscard]] std::string live() const { return std::to_string(app->migrator("wallet")->status().current); }

  /// Wallets of version 3 in a table whose row differs from the fold of their events.
  [[nodiscard]] std::string wrong_counted(const std::string& table) const {
    return value(R"(
      with folded as (
        select aggregate_id, sum(case when event_type like '%MoneyAdded' then (event_json->>'amount')::numeric
                                      when event_type like '%MoneyDrew' then -(event_json->>'amount')::numeric
                                      else 0 end) as balance, count(*) - 1 as movements
          from sequent_schema.event_records group by aggregate_id)
      select count(*) from folded full join view_schema.)" + table + R"( r using (aggregate_id)
       where (folded.balance, folded.movements) is distinct from (r.balance, r.movements))");
  }
  /// Wallets of version 2 in a table; and what any version has of movements.
  [[nodiscard]] std::string wrong_plain(const std::string& table) const {
    return value(R"(
      with folded as (
        select aggregate_id, sum(case when event_type like '%MoneyAdded' then (event_json->>'amount')::numeric
                                      when event_type like '%MoneyDrew' then -(event_json->>'amount')::numeric
                                      else 0 end) as balance
          from sequent_schema.event_records group by aggregate_id)
      select count(*) from folded full join view_schema.)" + table + R"( r using (aggregate_id)
       where folded.balance is distinct from r.balance)");
  }
  [[nodiscard]] std::int64_t behind() const { return app->migrator("wallet")->status().kept.value().events_behind; }

  std::unique_ptr<Application> next;
};

/// A program that follows its version on a thread of its own, since before the constructor returns.
class Follower {
 public:
  explicit Follower(Application& program)
      : thread_{[this, &program] {
          try {
            result_ = program.migrator("wallet")->follow([this](const MigrationProgress&) { begun_ = true; },
                                                         [this] { return stop_.load(); });
          } catch (const Error& error) {
            std::fprintf(stderr, "following failed: %s\n", error.what());
          }
          begun_ = true;
        }} {
    while (!begun_) std::this_thread::yield();
  }
  ~Follower() { end(); }
  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;

  FollowResult stop() {
    stop_ = true;
    return wait();
  }
  FollowResult wait() {
    thread_.join();
    return result_.value();
  }

 private:
  void end() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
  }

  std::atomic<bool> begun_{false};
  std::atomic<bool> stop_{false};
  std::optional<FollowResult> result_;
  std::thread thread_;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(going_back, Fixture)

BOOST_AUTO_TEST_CASE(the_version_before_comes_back_with_all_that_happened_since) {
  const AggregateId id = create_wallet();
  execute(add(id, 20));
  online(*next);
  execute(add(id, 1));
  const MigrationResult forward = offline(*next);
  BOOST_REQUIRE(forward.kept.has_value());
  BOOST_TEST(forward.kept->version == 2);
  BOOST_TEST(forward.kept->tables == std::vector<std::string>{"wallet_records_2"}, boost::test_tools::per_element());
  execute(draw(id, 5));
  wallet::CreateWallet create;
  create.aggregate_id = new_uuid();
  create.user_id = "3";
  execute(create);
  execute(add(create.aggregate_id, 3));
  BOOST_TEST(behind() == 3);
  const MigrationResult back = rollback(*app);
  BOOST_TEST(back.from == 3);
  BOOST_TEST(back.to == 2);
  BOOST_TEST(back.events == 3);
  BOOST_TEST(back.pause_seconds > 0);
  BOOST_TEST(live() == "2");
  BOOST_TEST(wrong_wallets() == "0");
  BOOST_TEST(wrong_transactions() == "0");
  app->commands().execute(add(id, 7));
  BOOST_TEST(wrong_wallets() == "0");
  BOOST_TEST(wrong_transactions() == "0");
  BOOST_TEST(value("select active_version || ' ' || replaying_version from sequent_schema.projector_states where "
                   "projector = 'WalletProjector'") == "1 3");
  BOOST_TEST(!app->migrator("wallet")->status().kept.has_value());
}

BOOST_AUTO_TEST_CASE(after_going_back_offline_goes_forward_again_without_a_rebuild) {
  const AggregateId id = create_wallet();
  for (int i = 0; i < 10; ++i) execute(add(id, 1));
  go_forward();
  rollback(*app);
  BOOST_TEST(exists("wallet_records_3"));
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
  BOOST_TEST(again.from == 2);
  BOOST_TEST(again.to == 2);
  BOOST_TEST(live() == "2");
}

BOOST_AUTO_TEST_CASE(a_version_that_only_added_a_projector_can_be_left_again) {
  WalletStore other{shared_cluster().create_database()};
  other.migrate_to(1);
  const AggregateId id = other.create_wallet();
  const auto migrator = other.app->migrator("wallet");
  migrator->online(2, {}, {});
  BOOST_TEST(migrator->offline(2, {}, {}).kept->tables.empty(), "nothing was replaced");
  Application first{other.options, {wallet_next::first()}};
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
  BOOST_TEST(contains(refusal(wallet::domain()), "at version 2, and no version before it is kept"));
  go_forward();
  BOOST_TEST(contains(refusal(wallet_next::third()), "version 2 is kept, but this plugin's newest version is 3"));
  BOOST_TEST(contains(refusal(wallet_next::first()), "use the plugin whose newest version is 2"));
  Domain changed = wallet_next::bare();
  changed.projector<wallet_next::WalletProjector>().projector<wallet::TransactionProjector>().views(
      wallet_next::versions(2), wallet_next::view_sql());
  BOOST_TEST(contains(refusal(std::move(changed)), "the records of WalletProjector are not those of the kept tables"));
  BOOST_TEST(live() == "3");
}

BOOST_AUTO_TEST_CASE(a_projector_that_was_deactivated_since_is_no_way_back) {
  go_forward();
  Domain lesser = wallet_next::bare();
  lesser.projector<wallet_next::WalletProjector>().views(
      ViewVersions{}.version(1, {replay<wallet_next::WalletProjector>()}).version(3, {replay<wallet_next::WalletProjector>()}),
      wallet_next::view_sql());
  program(std::move(lesser))->projectors()->deactivate("TransactionProjector", "");
  BOOST_CHECK_EXCEPTION(rollback(*app), Error, [](const Error& error) {
    return contains(error.what(), "projector TransactionProjector has not written its tables since");
  });
  BOOST_TEST(live() == "3");
}

BOOST_AUTO_TEST_CASE(a_projector_that_the_newer_plugin_lacks_comes_back_with_its_table) {
  const AggregateId id = create_wallet();
  execute(add(id, 20));
  const auto lesser = program(wallet_next::shrunk(3));
  online(*lesser);
  offline(*lesser);
  BOOST_TEST(exists("transaction_records_2"));
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
    return error.code() == ErrorCode::migration && contains(error.what(), "version 3 alters wallet_records in place");
  });
  BOOST_TEST(live() == "2");
  const MigrationResult result = offline(*altered);
  BOOST_TEST(contains(result.kept.value().refusal, "version 3 alters wallet_records in place"));
  BOOST_CHECK_EXCEPTION(rollback(*app), Error, [](const Error& error) {
    return contains(error.what(), "cannot come back, because version 3 alters wallet_records in place");
  });
  altered->commands().execute(add(id, 1));
  BOOST_TEST(live() == "3");
}

BOOST_AUTO_TEST_CASE(a_kept_version_whose_time_is_over_is_dropped_by_the_next_step) {
  go_forward();
  (void)value("update sequent_schema.kept_views set keep_until = now() - interval '1 second'");
  BOOST_TEST(app->migrator("wallet")->status().kept.value().expired);
  BOOST_TEST(exists("wallet_records_2"));
  BOOST_CHECK((error_of([&] { rollback(*app); }) == ErrorCode::migration));
  BOOST_TEST(!exists("wallet_records_2"));
  BOOST_TEST(!next->migrator("wallet")->status().kept.has_value());
  BOOST_TEST(live() == "3");
}

BOOST_AUTO_TEST_CASE(a_version_that_is_not_to_be_kept_is_dropped_at_the_switch) {
  online(*next);
  const auto migrator = next->migrator("wallet");
  migrator->keep(std::chrono::seconds{0});
  const MigrationResult result = migrator->offline({}, {}, {});
  BOOST_REQUIRE(!result.dropped.empty());
  BOOST_TEST(result.dropped.back().version == 2);
  BOOST_TEST(!result.kept.has_value());
  BOOST_TEST(!exists("wallet_records_2"));
  BOOST_CHECK((error_of([&] { rollback(*app); }) == ErrorCode::migration));
  BOOST_CHECK((error_of([&] { migrator->keep(std::chrono::seconds{-1}); }) == ErrorCode::usage));
}

BOOST_AUTO_TEST_CASE(kept_views_can_be_dropped_before_their_time) {
  go_forward();
  BOOST_TEST(app->migrator("wallet")->drop_kept(false).empty());
  const auto dropped = app->migrator("wallet")->drop_kept(true);
  BOOST_REQUIRE(dropped.size() == 1U);
  BOOST_TEST(dropped[0].tables.front() == "wallet_records_2");
  BOOST_TEST(!exists("wallet_records_2"));
}

BOOST_AUTO_TEST_CASE(one_version_is_kept_and_the_next_switch_keeps_its_own) {
  go_forward();
  Domain fourth = wallet_next::bare();
  fourth.projector<wallet_next::WalletProjector>().projector<wallet::TransactionProjector>().views(
      wallet_next::versions(3).version(4, {replay<wallet::TransactionProjector>()}), wallet_next::view_sql());
  const auto newest = program(std::move(fourth));
  online(*newest);
  BOOST_TEST(exists("wallet_records_2"), "until the switch, there is a way back");
  const MigrationResult result = offline(*newest);
  BOOST_TEST(result.kept.value().version == 3);
  BOOST_REQUIRE(result.dropped.size() == 1U);
  BOOST_TEST(result.dropped[0].version == 2);
  BOOST_TEST(!exists("wallet_records_2"));
  BOOST_TEST(exists("transaction_records_3"));
  BOOST_CHECK((error_of([&] { rollback(*app); }) == ErrorCode::migration));
  rollback(*next);
  BOOST_TEST(wrong_transactions() == "0");
}

BOOST_AUTO_TEST_CASE(going_back_throws_away_a_version_that_was_being_built) {
  go_forward();
  Domain fourth = wallet_next::bare();
  fourth.projector<wallet_next::WalletProjector>().projector<wallet::TransactionProjector>().views(
      wallet_next::versions(3).version(4, {replay<wallet::TransactionProjector>()}), wallet_next::view_sql());
  online(*program(std::move(fourth)));
  BOOST_TEST(exists("transaction_records_4"));
  rollback(*app);
  BOOST_TEST(!exists("transaction_records_4"));
  BOOST_TEST(app->migrator("wallet")->status().target.value() == 3);
}

BOOST_AUTO_TEST_CASE(a_follower_keeps_the_replaced_version_up_to_date_until_it_is_live_again) {
  const AggregateId id = create_wallet();
  go_forward();
  Follower follower{*app};
  for (int i = 0; i < 20; ++i) next->commands().execute(add(id, 1));
  while (behind() != 0) std::this_thread::yield();
  BOOST_TEST(wrong_plain("wallet_records_2") == "0");
  const MigrationResult back = rollback(*app);
  BOOST_TEST(back.events == 0, "the follower had done everything");
  const FollowResult result = follower.wait();
  BOOST_CHECK((result.end == FollowResult::End::live));
  BOOST_TEST(result.version == 2);
  BOOST_TEST(result.events == 20);
  BOOST_TEST(wrong_wallets() == "0");
}

BOOST_AUTO_TEST_CASE(a_finished_online_is_followed_too) {
  const AggregateId id = create_wallet();
  BOOST_CHECK((error_of([&] { next->migrator("wallet")->follow({}, {}); }) == ErrorCode::migration_not_started));
  online(*next);
  Follower follower{*next};
  app->commands().execute(add(id, 1), add(id, 1));
  while (wrong_counted("wallet_records_3") != "0") std::this_thread::yield();
  BOOST_TEST(offline(*next).events == 0);
  BOOST_CHECK((follower.wait().end == FollowResult::End::live));
  BOOST_TEST(wrong_counted("wallet_records") == "0");
}

BOOST_AUTO_TEST_CASE(following_ends_when_it_is_stopped_and_when_the_time_is_over) {
  BOOST_CHECK((error_of([&] { app->migrator("wallet")->follow({}, {}); }) == ErrorCode::migration));
  go_forward();
  {
    Follower follower{*app};
    BOOST_CHECK((follower.stop().end == FollowResult::End::stopped));
  }
  {
    Follower follower{*app};
    (void)value("update sequent_schema.kept_views set keep_until = now()");
    BOOST_CHECK((follower.wait().end == FollowResult::End::expired));
    BOOST_TEST(!exists("wallet_records_2"));
  }
}

BOOST_AUTO_TEST_CASE(following_ends_when_the_tables_are_dropped) {
  go_forward();
  Follower follower{*app};
  next->migrator("wallet")->drop_kept(true);
  BOOST_CHECK((follower.wait().end == FollowResult::End::gone));
}

BOOST_AUTO_TEST_CASE(a_transaction_of_somebody_else_that_stays_open_makes_nothing_come_twice) {
  const AggregateId id = create_wallet();
  online(*next);
  pqxx::connection connection{options.database_url};
  pqxx::work open{connection};
  (void)open.exec("select pg_current_xact_id()");
  execute(add(id, 20));
  offline(*next);
  execute(draw(id, 5));
  // The horizon of this moment is below that of the switch.
  Follower{*app}.stop();
  execute(draw(id, 1));
  BOOST_TEST(rollback(*app).to == 2);
  BOOST_TEST(wrong_wallets() == "0");
  execute(add(id, 2));
  offline(*next);
  BOOST_TEST(wrong_counted("wallet_records") == "0");
  open.abort();
  rollback(*app);
  BOOST_TEST(wrong_wallets() == "0");
}

BOOST_AUTO_TEST_CASE(there_and_back_under_four_writing_threads_misses_and_doubles_nothing) {
  std::vector<AggregateId> wallets;
  for (int i = 0; i < 8; ++i) wallets.push_back(create_wallet());
  std::atomic<bool> stop{false};
  std::atomic<int> done{0};
  std::atomic<int> failed{0};
  std::vector<std::thread> writers;
  for (std::size_t thread = 0; thread < 4; ++thread) {
    writers.emplace_back([&, thread] {
      for (std::size_t i = thread; !stop; i += 4) {
        // As behind a load balancer: who is refused by one program tries the other.
        Application& first = i % 8 < 4 ? *app : *next;
        Application& second = i % 8 < 4 ? *next : *app;
        for (Application* each : {&first, &second}) {
          try {
            each->commands().execute(add(wallets[i % wallets.size()], "0.01"_decimal));
            ++done;
            break;
          } catch (const Error& error) {
            if (error.code() == ErrorCode::projector_migrating) continue;
            std::fprintf(stderr, "unexpected: %s\n", error.what());
            ++failed;
          }
        }
      }
    });
  }
  const auto wait = [&] {
    for (const int until = done + 100; done < until && failed == 0;) std::this_thread::yield();
  };
  wait();
  online(*next);
  wait();
  for (int round = 0; round < 3; ++round) {
    offline(*next);
    {
      const Follower follower{*app};
      wait();
    }
    wait();
    const Follower follower{*app};  // Beside the way back.
    BOOST_TEST(rollback(*app).to == 2);
    wait();
  }
  offline(*next);
  wait();
  stop = true;
  for (std::thread& writer : writers) writer.join();
  BOOST_TEST_MESSAGE(done << " commands");
  BOOST_TEST(failed == 0);
  BOOST_TEST(value("select count(*) from sequent_schema.events") == std::to_string(8 + done));
  BOOST_TEST(value("select count(*) from view_schema.transaction_records") == std::to_string(done));
  BOOST_TEST(wrong_counted("wallet_records") == "0");
  BOOST_TEST(wrong_transactions() == "0");
  BOOST_TEST(rollback(*app).to == 2);
  BOOST_TEST(wrong_wallets() == "0");
  BOOST_TEST(wrong_transactions() == "0");
}

BOOST_AUTO_TEST_CASE(whichever_statement_of_going_back_fails_the_newer_views_stay_live_and_right) {
  PostgresProxy proxy{options.database_url};
  const AggregateId id = create_wallet();
  go_forward();
  Options through = options;
  through.database_url = proxy.url();
  Application far{through, {wallet::domain()}};
  int failures = 0;
  for (int query = 1;; ++query) {
    BOOST_TEST_CONTEXT("query " << query) {
      next->commands().execute(add(id, 1));
      proxy.cut_at_query(query);
      std::optional<ErrorCode> code;
      try {
        rollback(far);
      } catch (const Error& error) {
        code = error.code();
      }
      proxy.cut_at_query(0);
      if (!code) break;
      // The server notices the end of the session a moment later.
      while (value("select count(*) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database "
                   "where datname = current_database())") != "0") {
        std::this_thread::yield();
      }
      ++failures;
      BOOST_REQUIRE(live() == "3");
      BOOST_TEST(wrong_counted("wallet_records") == "0");
      BOOST_TEST(exists("wallet_records_2"));
    }
  }
  BOOST_TEST_MESSAGE(failures << " failures");
  BOOST_TEST(failures > 20);
  BOOST_TEST(live() == "2");
  BOOST_TEST(wrong_wallets() == "0");
  BOOST_TEST(wrong_transactions() == "0");
}

BOOST_AUTO_TEST_SUITE_END()
