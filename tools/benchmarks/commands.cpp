#include <atomic>
#include <chrono>
#include <random>
#include <thread>

#include "measure.hpp"
#include "peer.hpp"
#include "wallet/commands.hpp"

namespace bench {
namespace {

using namespace seriatim::literals;

/// Commands/s of `threads` threads that add money to random wallets.
double execute_commands(const StoreFixture& store, int threads, int seconds) {
  const auto app = store.application();
  std::atomic<bool> stop{false};
  std::atomic<std::int64_t> done{0};
  const auto work = [&](unsigned seed) {
    std::mt19937_64 random{seed};
    std::uniform_int_distribution<std::int64_t> wallet{1, store.wallets()};
    std::int64_t mine = 0;
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
  for (int i = 0; i < 2 * threads; ++i) {  // Connections and plans are made before the clock starts.
    app->commands().execute(wallet::AddMoney{{.aggregate_id = StoreFixture::wallet_id(1)}, "1.00"_decimal, "warm"});
  }
  const auto start = std::chrono::steady_clock::now();
  std::vector<std::thread> workers;
  for (int i = 0; i < threads; ++i) workers.emplace_back(work, static_cast<unsigned>(i + 1));
  std::this_thread::sleep_for(std::chrono::seconds{seconds});
  stop = true;
  for (std::thread& worker : workers) worker.join();
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  return static_cast<double>(done) / elapsed.count();
}

}  // namespace

void measure_commands(const StoreFixture& store, int rounds, int seconds) {
  for (const int clients : {1, 8}) {
    std::vector<double> ours;
    std::vector<double> theirs;
    for (int round = 0; round < rounds; ++round) {
      theirs.push_back(pgbench_commands(store, clients, seconds));
      ours.push_back(execute_commands(store, clients, seconds));
    }
    print("commands/s, " + std::to_string(clients) + (clients == 1 ? " thread" : " threads") +
              " (peer: pgbench, 6 prepared statements)",
          median(ours), median(theirs));
  }
}

}  // namespace bench
