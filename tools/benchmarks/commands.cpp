#include <algorithm>
#include <atomic>
#include <chrono>
#include <random>
#include <thread>
#include <vector>

#include "measure.hpp"
#include "peer.hpp"
#include "resources.hpp"
#include "wallet/commands.hpp"

namespace bench {
namespace {

using namespace seriatim::literals;

void warm_up(seriatim::Application& app, const seriatim::AggregateId& id) {
  try {
    app.commands().execute(wallet::AddMoney{{.aggregate_id = id}, "1.00"_decimal, "warm"});
  } catch (const seriatim::Error& error) {
    if (!error.retryable()) throw;
  }
}

/// So that all wallets are kept when the clock starts, as they are in a program that has run for a while.
void keep_all(seriatim::Application& app, const StoreFixture& store) {
  constexpr std::int64_t at_once = 100;
  for (std::int64_t n = 1; n <= store.wallets();) {
    std::vector<seriatim::AnyCommand> commands;
    for (const std::int64_t end = std::min(n + at_once, store.wallets() + 1); n < end; ++n) {
      commands.emplace_back(wallet::AddMoney{{.aggregate_id = StoreFixture::wallet_id(n)}, "1.00"_decimal, "warm"});
    }
    app.commands().execute(std::move(commands));
  }
}

/// How aggregates come to the commands.
enum class Way : std::uint8_t { loaded, kept, relied_on };

seriatim::Options options_of(Way way) {
  seriatim::Options options;
  if (way == Way::loaded) options.kept_aggregates_bytes = 0;
  options.rely_on_kept_aggregates = way == Way::relied_on;
  return options;
}

/// Commands/s of `threads` threads that add money to random wallets; `used` is what a command of theirs cost.
double execute_commands(const StoreFixture& store, int threads, int seconds, Way way, Spent& used) {
  const auto app = store.application(options_of(way));
  if (way != Way::loaded) keep_all(*app, store);
  std::atomic<bool> start_counting{false};
  std::atomic<bool> stop{false};
  std::atomic<std::int64_t> done{0};
  const auto work = [&](unsigned seed) {
    std::mt19937_64 random{seed};
    std::uniform_int_distribution<std::int64_t> wallet{1, store.wallets()};
    std::int64_t mine = 0;
    while (!start_counting.load(std::memory_order_relaxed)) {
      // Connections and plans are made before the clock starts; pgbench does not count its own either.
      warm_up(*app, StoreFixture::wallet_id(wallet(random)));
    }
    while (!stop.load(std::memory_order_relaxed)) {
      const wallet::AddMoney command{{.aggregate_id = StoreFixture::wallet_id(wallet(random))}, "1.00"_decimal, "bench"};
      try {
        app->commands().execute(command);
        ++mine;
      } catch (const seriatim::Error& error) {
        if (!error.retryable()) throw;  // Two threads met at one wallet: one of the two commands is not counted.
      }
    }
    done += mine;
  };
  std::vector<std::thread> workers;
  for (int i = 0; i < threads; ++i) workers.emplace_back(work, static_cast<unsigned>(i + 1));
  std::this_thread::sleep_for(std::chrono::milliseconds{300});
  const Spent before = spent(store);
  start_counting = true;
  const auto start = std::chrono::steady_clock::now();
  std::this_thread::sleep_for(std::chrono::seconds{seconds});
  stop = true;
  for (std::thread& worker : workers) worker.join();
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  used = per_command(spent(store) - before, static_cast<double>(done));
  return static_cast<double>(done) / elapsed.count();
}

}  // namespace

void measure_commands(const StoreFixture& store, int rounds, int seconds) {
  for (const int clients : {1, 8}) {
    std::vector<double> ours;
    std::vector<double> relying;
    std::vector<double> loading;
    std::vector<double> theirs;
    Spent own;
    Spent own_relying;
    Spent own_loading;
    Spent peer;
    for (int round = 0; round < rounds; ++round) {
      theirs.push_back(pgbench_commands(store, clients, seconds, &peer));
      ours.push_back(execute_commands(store, clients, seconds, Way::kept, own));
      loading.push_back(execute_commands(store, clients, seconds, Way::loaded, own_loading));
      relying.push_back(execute_commands(store, clients, seconds, Way::relied_on, own_relying));
    }
    const std::string threads = std::to_string(clients) + (clients == 1 ? " thread" : " threads");
    print("commands/s, " + threads + " (peer: pgbench, 6 prepared statements)", median(ours), median(theirs));
    print("the same, without kept aggregates", median(loading), median(theirs));
    print("the same, relying on kept aggregates", median(relying), median(theirs));
    print_cost("execute", own.own_cpu, own);
    print_cost("execute without", own_loading.own_cpu, own_loading);
    print_cost("execute relying", own_relying.own_cpu, own_relying);
    print_cost("pgbench", peer.peer_cpu, peer);
  }
}

}  // namespace bench
