// Behaviour 10.3 and 10.4: whatever statement of a migration fails, and however, the live views go on.
#include <signal.h>

#include <cstdlib>
#include <random>

#include "runtime/process.hpp"
#include "support/postgres_proxy.hpp"
#include "support/wallet_versions.hpp"

using namespace seriatim;
using namespace seriatim::testing;
using Phase = MigrationStatus::Phase;
using Strike = PostgresProxy::Strike;

namespace {

constexpr bool every_one = true;
constexpr bool sample = false;

constexpr const char* versions_1 = "sequent_versions seriatim_version_1 wallet_records";
constexpr const char* versions_1_and_2 =
    "sequent_versions seriatim_version_1 transaction_records_2 wallet_records wallet_records_2";
constexpr const char* sessions_of_the_proxy =
    "select count(*) from pg_stat_activity where datname = current_database() and application_name = 'proxy'";

unsigned seed() {
  const char* given = std::getenv("SERIATIM_TEST_SEED");
  const unsigned chosen = given != nullptr ? static_cast<unsigned>(std::stoul(given)) : std::random_device{}();
  BOOST_TEST_MESSAGE("seed " << chosen << "; set SERIATIM_TEST_SEED to repeat");
  return chosen;
}

/// Which messages are struck: every one, or, where that would take long, a sample of one in four.
class ChosenMessages {
 public:
  explicit ChosenMessages(bool all) : all_{all || std::getenv("SERIATIM_TEST_EXHAUSTIVE") != nullptr} {
    if (!all_) random_.seed(seed());
  }
  std::size_t first() { return all_ ? 1 : any(); }
  std::size_t after(std::size_t n) { return n + (all_ ? 1 : any()); }
  [[nodiscard]] std::string text(std::size_t struck, std::size_t last) const {
    return all_ ? "each of its " + std::to_string(last)
                : std::to_string(struck) + " (a sample; all with SERIATIM_TEST_EXHAUSTIVE=1) of its " + std::to_string(last);
  }

 private:
  std::size_t any() { return std::uniform_int_distribution<std::size_t>{1, 7}(random_); }

  bool all_;
  std::mt19937 random_;
};

/// What a struck run was like.
struct Outcome {
  std::string struck;              ///< The message; empty when the run was over before.
  std::optional<Error> error{};    ///< Empty when the run went well all the same.
  std::string live{};              ///< The version after it.
  bool cut = false;                ///< The connection was cut.
  std::size_t messages = 0;        ///< How many there were.
};

/// Wallets, and a migration to version 2 whose messages to the server can be struck.
struct Faults : WalletVersions {
  explicit Faults(const std::string& url = shared_cluster().create_database())
      : WalletVersions{url}, proxy{options.database_url} {
    Options through = options;
    through.database_url = proxy.url();
    app = std::make_unique<Application>(through, std::vector<Domain>{wallet_domain(2)});
    struck = app->migrator("wallet");
    struck->divide({.workers = 2, .patience = std::chrono::milliseconds{5'000}});
    idle_sessions_ = std::stoi(value(sessions_of_the_proxy));
  }

  void online() const { migrator->online({}, {}, {}); }
  void offline() const { migrator->offline({}, {}, {}); }
  void struck_online() const { struck->online({}, {}, {}); }
  void struck_offline() const { struck->offline({}, {}, {}); }

  template <class Run>
  Outcome strike(std::size_t n, Strike how, Run&& run, std::function<void()> call = {}) {
    Outcome outcome;
    proxy.strike_at(n, how, std::move(call));
    try {
      run();
    } catch (const Error& error) {
      outcome.error = error;
    }
    outcome.struck = proxy.struck();
    outcome.messages = proxy.messages();
    outcome.cut = how == Strike::cut_before || how == Strike::cut_after;
    proxy.strike_never();
    wait_for_the_server();
    outcome.live = live();
    return outcome;
  }

  /// The server goes on for a moment with what a lost session asked for.
  void wait_for_the_server() const {
    BOOST_REQUIRE(runtime::wait_until(std::chrono::milliseconds{60'000},
                                      [&] { return std::stoi(value(sessions_of_the_proxy)) <= idle_sessions_; }));
  }

  /// What holds after any failure, whatever it left behind.
  void check_after(const Outcome& outcome) {
    const MigrationStatus status = migrator->status();
    BOOST_TEST(std::to_string(status.current) == outcome.live);
    const bool running = status.phase == Phase::online_running || status.phase == Phase::offline_running;
    BOOST_TEST(status.interrupted == running);
    if (outcome.live == "2") {
      check_switched();
    } else if (status.phase == Phase::idle) {
      BOOST_TEST(tables() == versions_1);
    } else if (status.phase != Phase::online_running) {
      BOOST_TEST(tables() == versions_1_and_2);
    }
    if (outcome.cut && outcome.struck == "commit") BOOST_TEST(outcome.error.value().in_doubt());
    check_views();
    add_money();
    check_views();
  }

  PostgresProxy proxy;
  std::unique_ptr<Application> app;
  std::unique_ptr<ViewMigrator> struck;

 private:
  int idle_sessions_ = 0;
};

const char* name_of(Strike strike) {
  switch (strike) {
    case Strike::cut_before:
      return "cut before";
    case Strike::cut_after:
      return "cut after";
    case Strike::refuse:
      return "refused";
    case Strike::call:
      return "hit from outside at";
  }
  return "";
}

/// From version 1 to tables of version 2 that are right, however the first attempt ended.
void check_online(Faults& store, const Outcome& outcome) {
  BOOST_TEST(outcome.live == "1");
  store.check_after(outcome);
  if (!outcome.error) BOOST_TEST((store.migrator->status().phase == Phase::online_finished));
  store.online();
  BOOST_TEST((store.migrator->status().phase == Phase::online_finished));
  BOOST_TEST(store.tables() == versions_1_and_2);
  BOOST_TEST(store.wrong_wallets("_2") == "0");
  BOOST_TEST(store.wrong_transactions("_2") == "0");
}

/// To version 2, however the first attempt ended: by going on or, now and then, by beginning anew.
void check_offline(Faults& store, const Outcome& outcome, bool anew) {
  store.check_after(outcome);
  if (!outcome.error) BOOST_TEST(outcome.live == "2");
  if (anew) store.online();
  store.offline();
  store.check_switched();
  store.add_money();
  store.check_views();
}

/// With events that came after `online`.
void prepare_offline(Faults& store) {
  if (store.live() == "2") {
    store.back_to_online();
  } else {
    store.online();
  }
  for (int i = 0; i < 4; ++i) store.add_money();
}

void prepare(Faults& store, bool offline) {
  offline ? prepare_offline(store) : store.back_to_version_1();
}

void tell(const char* step, Strike how, const std::string& which, std::size_t failed) {
  BOOST_TEST_MESSAGE(step << " " << name_of(how) << " " << which << " messages: " << failed
                          << " runs failed, and the next one succeeded each time");
}

/// Strikes at messages of `online`, from the first on, until one run is over before.
void strike_online(Strike how, ChosenMessages messages) {
  Faults store;
  std::size_t struck = 0;
  std::size_t failed = 0;
  for (std::size_t n = messages.first();; n = messages.after(n)) {
    store.back_to_version_1();
    const Outcome outcome = store.strike(n, how, [&] { store.struck_online(); });
    BOOST_TEST_CONTEXT(name_of(how) << " message " << n << " of online: " << outcome.struck) {
      if (outcome.error) BOOST_TEST_INFO(outcome.error->what());
      check_online(store, outcome);
    }
    if (outcome.struck.empty()) {
      BOOST_TEST(!outcome.error.has_value());
      BOOST_TEST(failed > struck / 2);
      tell("online", how, messages.text(struck, outcome.messages), failed);
      break;
    }
    ++struck;
    failed += outcome.error ? 1U : 0U;
  }
  store.offline();
  store.check_switched();
}

/// The same with `offline`. Returns after how many failures version 2 was live.
std::size_t strike_offline(Strike how, ChosenMessages messages) {
  Faults store;
  std::size_t struck = 0;
  std::size_t failed = 0;
  std::size_t live_nevertheless = 0;
  for (std::size_t n = messages.first();; n = messages.after(n)) {
    prepare_offline(store);
    const Outcome outcome = store.strike(n, how, [&] { store.struck_offline(); });
    BOOST_TEST_CONTEXT(name_of(how) << " message " << n << " of offline: " << outcome.struck) {
      if (outcome.error) BOOST_TEST_INFO(outcome.error->what());
      check_offline(store, outcome, struck % 8 == 0);
      if (outcome.error && outcome.live == "2") {
        // Nobody may be told that it failed.
        BOOST_TEST(outcome.error->in_doubt());
        BOOST_TEST(std::string{outcome.error->what()}.find("`seriatim migrate status`") != std::string::npos);
        ++live_nevertheless;
      }
    }
    if (outcome.struck.empty()) {
      BOOST_TEST(!outcome.error.has_value());
      BOOST_TEST(failed > struck / 2);
      tell("offline", how, messages.text(struck, outcome.messages), failed);
      return live_nevertheless;
    }
    ++struck;
    failed += outcome.error ? 1U : 0U;
  }
}

void end_sessions(const Faults& store) {
  (void)store.value("select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and "
                    "application_name = 'proxy'");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(migration_faults)

BOOST_AUTO_TEST_CASE(online_whose_connection_is_lost_before_any_of_its_statements_leaves_the_live_views) {
  strike_online(Strike::cut_before, ChosenMessages{sample});
}

BOOST_AUTO_TEST_CASE(online_whose_connection_is_lost_after_any_of_its_statements_leaves_the_live_views) {
  strike_online(Strike::cut_after, ChosenMessages{sample});
}

BOOST_AUTO_TEST_CASE(online_of_which_the_server_refuses_any_statement_leaves_the_live_views_and_nothing_else) {
  strike_online(Strike::refuse, ChosenMessages{sample});
}

BOOST_AUTO_TEST_CASE(offline_whose_connection_is_lost_before_any_of_its_statements_leaves_the_live_views) {
  BOOST_TEST(strike_offline(Strike::cut_before, ChosenMessages{sample}) == 0U);
}

BOOST_AUTO_TEST_CASE(offline_whose_answer_is_lost_has_switched_or_not_and_says_that_it_does_not_know) {
  BOOST_TEST(strike_offline(Strike::cut_after, ChosenMessages{every_one}) == 1U);
}

BOOST_AUTO_TEST_CASE(offline_of_which_the_server_refuses_any_statement_leaves_the_live_views) {
  BOOST_TEST(strike_offline(Strike::refuse, ChosenMessages{sample}) == 0U);
}

BOOST_AUTO_TEST_CASE(a_migration_whose_sessions_are_ended_at_any_statement_of_a_sample_is_run_again) {
  std::mt19937 random{seed()};
  Faults store;
  int failed = 0;
  for (const bool offline : {false, true}) {
    prepare(store, offline);
    const auto run = [&] { offline ? store.struck_offline() : store.struck_online(); };
    const auto all = store.strike(0, Strike::call, run);
    BOOST_TEST(!all.error.has_value());
    std::uniform_int_distribution<std::size_t> message{1, offline ? 30U : 50U};
    for (int i = 0; i < 4; ++i) {
      prepare(store, offline);
      const std::size_t n = message(random);
      const Outcome outcome = store.strike(n, Strike::call, run, [&] { end_sessions(store); });
      BOOST_TEST_CONTEXT("sessions ended at message " << n << ": " << outcome.struck) {
        if (outcome.error) BOOST_TEST_INFO(outcome.error->what());
        failed += outcome.error ? 1 : 0;
        offline ? check_offline(store, outcome, i % 2 == 0) : check_online(store, outcome);
      }
    }
  }
  BOOST_TEST(failed > 1);
}

BOOST_AUTO_TEST_CASE(a_migration_in_which_the_server_is_restarted_is_run_again) {
  std::mt19937 random{seed()};
  ThrowawayCluster cluster{true};
  Faults store{cluster.create_database()};
  const auto restart = [&](bool at_once) {
    if (at_once) {
      ::kill(cluster.server().status().pid, SIGQUIT);  // Immediate shutdown: as a crash.
    } else {
      cluster.server().stop();
    }
    (void)cluster.server().start();
  };
  for (const bool offline : {false, true}) {
    for (const bool at_once : {false, true}) {
      std::uniform_int_distribution<std::size_t> message{3, offline ? 25U : 40U};
      prepare(store, offline);
      const std::size_t n = message(random);
      const Outcome outcome =
          store.strike(n, Strike::call, [&] { offline ? store.struck_offline() : store.struck_online(); },
                       [&] { restart(at_once); });
      BOOST_TEST_CONTEXT((at_once ? "crash" : "restart") << " at message " << n << ": " << outcome.struck) {
        BOOST_REQUIRE(outcome.error.has_value());
        BOOST_TEST_MESSAGE((at_once ? "crash" : "restart") << " at message " << n << " of "
                                                           << (offline ? "offline: " : "online: ")
                                                           << outcome.error->what());
        offline ? check_offline(store, outcome, at_once) : check_online(store, outcome);
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
