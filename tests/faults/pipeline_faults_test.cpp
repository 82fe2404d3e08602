// Faults under load: the server killed, one of its processes killed, sessions ended, connections cut between any two bytes.
// Afterwards every acknowledged command is stored exactly once and in its order, every other one once or not at all, and
// making those again that have an idempotency key tells which.
//
//   SERIATIM_TEST_SEED     repeats a run
//   SERIATIM_FAULT_ROUNDS  how many faults of each kind (5)
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <cstdlib>

#include "load.hpp"
#include "support/ledger_store.hpp"
#include "support/postgres_proxy.hpp"

using namespace seriatim;
using namespace seriatim::testing;

namespace {

int number_from(const char* variable, int otherwise) {
  const char* given = std::getenv(variable);
  return given != nullptr ? std::atoi(given) : otherwise;
}

unsigned seed() {
  const char* given = std::getenv("SERIATIM_TEST_SEED");
  return given != nullptr ? static_cast<unsigned>(std::stoul(given)) : std::random_device{}();
}

ThrowawayCluster& durable_cluster() {
  static ThrowawayCluster cluster{true};
  return cluster;
}

struct Fixture {
  Fixture() : cluster{durable_cluster()}, store{cluster.create_database()} {
    for (int i = 0; i < 12; ++i) accounts.push_back(store.account("owner " + std::to_string(i)));
    store.others.reset();
    options.lanes = 3;
    options.batch = 20;
    options.capacity = 200;
    options.reconnect_for = std::chrono::hours{1};  // However slow the machine is, it comes back.
  }

  /// Submits commands, and does `fault` again and again when some more have been answered.
  template <class Fault>
  void run(const std::string& url, Fault&& fault) {
    BOOST_TEST_MESSAGE("seed " << chosen << "; set SERIATIM_TEST_SEED to repeat");
    store.options.database_url = url;
    store.open({});
    NumberedLoad load{accounts, chosen};
    {
      const auto pipeline = store.app->pipeline(options);
      for (int round = 0; round < rounds; ++round) {
        const auto quiet = 20 + random() % 150;
        for (std::size_t i = 0; i < quiet; ++i) load.submit(*pipeline);
        fault();
      }
      for (int i = 0; i < 50; ++i) load.submit(*pipeline);
      pipeline->stop(PipelineStop::drain);
    }
    BOOST_TEST_MESSAGE(load.summary());
    check(load);
    {
      const auto pipeline = store.app->pipeline(options);
      load.submit_again(*pipeline);
      pipeline->stop(PipelineStop::drain);
    }
    check(load);
    for (const NumberedLoad::Entry& entry : load.entries()) {
      BOOST_TEST((!entry.has_key || entry.state == NumberedLoad::State::acknowledged ||
                  entry.state == NumberedLoad::State::refused), entry.message);
    }
  }

  void check(const NumberedLoad& load) {
    BOOST_TEST_CONTEXT("seed " << chosen) {
      for (const std::string& found : faults_found(store.options.database_url, load)) BOOST_ERROR(found);
      BOOST_TEST(store.damage() == "0");
    }
  }

  /// The process of one of the sessions; 0 when there is none.
  [[nodiscard]] int session() {
    try {
      const std::string pid = store.value(
          "select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() "
          "and backend_type = 'client backend' order by random() limit 1");
      return pid.empty() ? 0 : std::stoi(pid);
    } catch (const pqxx::failure&) {
      return 0;  // The server is recovering.
    }
  }

  unsigned chosen = seed();
  std::mt19937 random{chosen};
  int rounds = number_from("SERIATIM_FAULT_ROUNDS", 5);
  ThrowawayCluster& cluster;
  LedgerStore store;
  std::vector<AggregateId> accounts;
  PipelineOptions options;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(pipeline_faults, Fixture)

BOOST_AUTO_TEST_CASE(ended_sessions_neither_lose_nor_double_a_command) {
  run(store.options.database_url, [&] {
    for (int i = 0; i < 3; ++i) (void)store.value("select pg_terminate_backend(" + std::to_string(session()) + ")");
  });
}

BOOST_AUTO_TEST_CASE(connections_cut_between_any_two_bytes_neither_lose_nor_double_a_command) {
  PostgresProxy proxy{store.options.database_url};
  const std::string direct = store.options.database_url;
  run(proxy.url(), [&] { proxy.cut_after(random() % 60'000); });
  store.options.database_url = direct;
}

BOOST_AUTO_TEST_CASE(commits_whose_answer_is_lost_neither_lose_nor_double_a_command) {
  PostgresProxy proxy{store.options.database_url};
  const std::string direct = store.options.database_url;
  run(proxy.url(), [&] {
    proxy.cut_next(random() % 2 == 0 ? PostgresProxy::Cut::before_commit : PostgresProxy::Cut::after_commit);
  });
  store.options.database_url = direct;
}

BOOST_AUTO_TEST_CASE(a_killed_server_process_neither_loses_nor_doubles_a_command) {
  run(store.options.database_url, [&] {
    // All others end with it, and the server recovers.
    if (const int pid = session(); pid != 0) ::kill(pid, SIGKILL);
  });
}

BOOST_AUTO_TEST_CASE(a_killed_server_neither_loses_nor_doubles_a_command) {
  rounds = std::max(1, rounds / 3);
  run(store.options.database_url, [&] {
    const int pid = cluster.server().status().pid;
    BOOST_REQUIRE(pid > 0 && ::kill(pid, SIGKILL) == 0);
    (void)cluster.server().start();
  });
}

BOOST_AUTO_TEST_SUITE_END()
