// Faults under load: the server killed, one of its processes killed, sessions ended, connections cut between any two bytes.
// Afterwards every acknowledged command is stored exactly once and in its order, every other one once or not at all, and
// making those again that have an idempotency key tells which.
//
//   SERIATIM_TEST_SEED     repeats a run
//   SERIATIM_FAULT_ROUNDS  how many faults of one kind in a run (5)
//   SERIATIM_FAULT_RUNS    how many runs of each kind (1), each with a seed and a store of its own
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <cstdlib>
#include <functional>

#include "load.hpp"
#include "support/ledger_store.hpp"
#include "support/postgres_proxy.hpp"
#include "tally.hpp"

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

/// One run.
struct Run {
  Run() : cluster{durable_cluster()}, store{cluster.create_database()} {
    for (int i = 0; i < 12; ++i) accounts.push_back(store.account("owner " + std::to_string(i)));
    store.others.reset();
    options.lanes = 3;
    options.batch = 20;
    options.capacity = 200;
    if (chosen % 2 == 0) options.lone_command = LoneCommand::batch;
    options.reconnect_for = std::chrono::hours{1};  // However slow the machine is, it comes back.
  }

  /// Drops the store: a server that was killed looks at every file when it comes back, and there may be hundreds of runs.
  ~Run() {
    store.app.reset();
    try {
      const std::string& url = store.options.database_url;
      const std::size_t name = url.rfind('/', url.find('?')) + 1;
      pqxx::connection connection{cluster.server().url()};
      pqxx::nontransaction{connection}.exec("drop database " + url.substr(name, url.find('?') - name) + " with (force)");
    } catch (const pqxx::failure& error) {
      BOOST_TEST_MESSAGE("the store of seed " << chosen << " stays: " << error.what());
    }
  }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  /// Submits commands, and does `fault` again and again when some more have been answered. `injected` tells how many hit.
  template <class Fault>
  void carry_out(const std::string& kind, const std::string& url, Fault&& fault, const std::function<std::size_t()>& injected) {
    BOOST_TEST_MESSAGE("seed " << chosen << "; set SERIATIM_TEST_SEED to repeat");
    const std::string direct = store.options.database_url;
    store.options.database_url = url;
    store.open({});
    store.options.database_url = direct;  // Nobody cuts off those who check.
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
    BOOST_TEST_MESSAGE(NumberedLoad::text_of(load.counts()));
    (void)check(load);
    {
      const auto pipeline = store.app->pipeline(options);
      load.submit_again(*pipeline);
      pipeline->stop(PipelineStop::drain);
    }
    const Findings findings = check(load);
    tally().add(kind, injected(), load, findings.stored, findings.wrong.size());
    for (const NumberedLoad::Entry& entry : load.entries()) {
      BOOST_TEST((!entry.has_key || entry.state == NumberedLoad::State::acknowledged ||
                  entry.state == NumberedLoad::State::refused), entry.message);
    }
  }

  [[nodiscard]] Findings check(const NumberedLoad& load) const {
    Findings findings = look_for_faults(store.options.database_url, load);
    if (const std::string damage = store.damage(); damage != "0") findings.wrong.push_back("damage: " + damage);
    BOOST_TEST_CONTEXT("seed " << chosen) {
      for (const std::string& found : findings.wrong) BOOST_ERROR(found);
    }
    return findings;
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

/// One seed is one run.
template <class Body>
void repeat(Body&& body) {
  const int runs = std::getenv("SERIATIM_TEST_SEED") != nullptr ? 1 : number_from("SERIATIM_FAULT_RUNS", 1);
  for (int i = 0; i < runs; ++i) {
    Run run;
    body(run);
  }
}

/// Through a proxy that does `fault`.
template <class Fault>
void repeat_with_proxy(const std::string& kind, Fault&& fault) {
  repeat([&](Run& run) {
    PostgresProxy proxy{run.store.options.database_url};
    run.carry_out(kind, proxy.url(), [&] { fault(run, proxy); }, [&] { return proxy.cuts(); });
    run.store.app.reset();  // Before the proxy.
  });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(pipeline_faults)

BOOST_AUTO_TEST_CASE(ended_sessions_neither_lose_nor_double_a_command) {
  repeat([](Run& run) {
    std::size_t ended = 0;
    const auto end_some = [&] {
      for (int i = 0; i < 3; ++i) {
        if (run.store.value("select pg_terminate_backend(" + std::to_string(run.session()) + ")") == "t") ++ended;
      }
    };
    run.carry_out("ended sessions", run.store.options.database_url, end_some, [&] { return ended; });
  });
}

BOOST_AUTO_TEST_CASE(connections_cut_between_any_two_bytes_neither_lose_nor_double_a_command) {
  repeat_with_proxy("cut connections", [](Run& run, PostgresProxy& proxy) { proxy.cut_after(run.random() % 60'000); });
}

BOOST_AUTO_TEST_CASE(commits_whose_answer_is_lost_neither_lose_nor_double_a_command) {
  repeat_with_proxy("cut commits", [](Run& run, PostgresProxy& proxy) {
    proxy.cut_next(run.random() % 2 == 0 ? PostgresProxy::Cut::before_commit : PostgresProxy::Cut::after_commit);
  });
}

BOOST_AUTO_TEST_CASE(a_killed_server_process_neither_loses_nor_doubles_a_command) {
  repeat([](Run& run) {
    std::size_t killed = 0;
    const auto kill_one = [&] {
      // All others end with it, and the server recovers.
      if (const int pid = run.session(); pid != 0 && ::kill(pid, SIGKILL) == 0) ++killed;
    };
    run.carry_out("killed server processes", run.store.options.database_url, kill_one, [&] { return killed; });
  });
}

BOOST_AUTO_TEST_CASE(a_killed_server_neither_loses_nor_doubles_a_command) {
  repeat([](Run& run) {
    run.rounds = std::max(1, run.rounds / 3);
    std::size_t killed = 0;
    const auto kill_it = [&] {
      const int pid = run.cluster.server().status().pid;
      BOOST_REQUIRE(pid > 0 && ::kill(pid, SIGKILL) == 0);
      ++killed;
      (void)run.cluster.server().start();
    };
    run.carry_out("killed servers", run.store.options.database_url, kill_it, [&] { return killed; });
  });
}

BOOST_AUTO_TEST_SUITE_END()
