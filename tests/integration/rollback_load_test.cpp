// Behaviour 10.5: following a version that is not live, and going back under load and failures.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <optional>
#include <thread>

#include "runtime/process.hpp"
#include "support/postgres_proxy.hpp"
#include "support/two_versions.hpp"

using namespace seriatim;
using namespace seriatim::testing;
using namespace seriatim::literals;

namespace {

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

BOOST_FIXTURE_TEST_SUITE(going_back_under_load, TwoVersions)

BOOST_AUTO_TEST_CASE(a_follower_keeps_the_replaced_version_up_to_date_until_it_is_live_again) {
  const AggregateId id = create_wallet();
  go_forward();
  Follower follower{*app};
  for (int i = 0; i < 20; ++i) next->commands().execute(add(id, 1));
  while (behind() != 0) std::this_thread::yield();
  BOOST_TEST(wrong_plain("wallet_records_3") == "0");
  const MigrationResult back = rollback(*app);
  BOOST_TEST(back.events == 0, "the follower had done everything");
  const FollowResult result = follower.wait();
  BOOST_CHECK((result.end == FollowResult::End::live));
  BOOST_TEST(result.version == 3);
  BOOST_TEST(result.events == 20);
  BOOST_TEST(wrong_wallets() == "0");
}

BOOST_AUTO_TEST_CASE(a_finished_online_is_followed_too) {
  const AggregateId id = create_wallet();
  BOOST_CHECK((error_of([&] { next->migrator("wallet")->follow({}, {}); }) == ErrorCode::migration_not_started));
  online(*next);
  Follower follower{*next};
  app->commands().execute(add(id, 1), add(id, 1));
  while (wrong_counted("wallet_records_4") != "0") std::this_thread::yield();
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
    BOOST_TEST(!exists("wallet_records_3"));
  }
}

BOOST_AUTO_TEST_CASE(following_ends_when_the_tables_are_dropped) {
  go_forward();
  Follower follower{*app};
  next->migrator("wallet")->drop_kept(true);
  BOOST_CHECK((follower.wait().end == FollowResult::End::gone));
}

BOOST_AUTO_TEST_CASE(following_ends_when_online_throws_the_followed_tables_away) {
  const AggregateId id = create_wallet();
  online(*next);
  execute(add(id, 20));
  std::atomic<bool> in_a_pass{false};
  std::atomic<bool> may_go_on{false};
  std::atomic<bool> over{false};
  std::optional<FollowResult> result;
  std::thread follower{[&] {
    try {
      result = next->migrator("wallet")->follow(
          [&](const MigrationProgress&) {
            in_a_pass = true;
            while (!may_go_on) std::this_thread::yield();
          },
          {});
    } catch (const Error& error) {
      std::fprintf(stderr, "following failed: %s\n", error.what());
    }
    in_a_pass = over = true;
  }};
  while (!in_a_pass) std::this_thread::yield();
  std::thread anew{[&] {
    next->migrator("wallet")->online({},
                                     [&](const MigrationProgress&) {
                                       while (!over) std::this_thread::yield();
                                     },
                                     {});
  }};
  BOOST_TEST(runtime::wait_until(std::chrono::milliseconds{60'000}, [&] {
    return value("select count(*) from pg_locks where not granted and database is null") != "0";
  }));
  may_go_on = true;
  follower.join();
  anew.join();
  BOOST_REQUIRE(result.has_value());
  BOOST_CHECK((result->end == FollowResult::End::gone));
  BOOST_TEST(result->events == 1);
  BOOST_TEST(wrong_counted("wallet_records_4") == "0");
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
  BOOST_TEST(rollback(*app).to == 3);
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
    BOOST_TEST(rollback(*app).to == 3);
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
  BOOST_TEST(rollback(*app).to == 3);
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
      BOOST_REQUIRE(live() == "4");
      BOOST_TEST(wrong_counted("wallet_records") == "0");
      BOOST_TEST(exists("wallet_records_3"));
    }
  }
  BOOST_TEST_MESSAGE(failures << " failures");
  BOOST_TEST(failures > 20);
  BOOST_TEST(live() == "3");
  BOOST_TEST(wrong_wallets() == "0");
  BOOST_TEST(wrong_transactions() == "0");
}

BOOST_AUTO_TEST_SUITE_END()
