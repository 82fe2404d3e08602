// The command pipeline beside pgbench, and how long its commands take at half of what it can do.
#include "seriatim/pipeline.hpp"

#include <atomic>
#include <boost/asio/use_future.hpp>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <random>
#include <thread>

#include "machine.hpp"
#include "measure.hpp"
#include "peer.hpp"
#include "resources.hpp"
#include "seriatim/decimal.hpp"
#include "wallet/commands.hpp"

namespace bench {
namespace {

using namespace seriatim::literals;
using Steady = std::chrono::steady_clock;

/// What completions write down; each has its place.
class Answers {
 public:
  void add(std::exception_ptr error, double milliseconds) {
    const std::scoped_lock lock{mutex_};
    if (error != nullptr && failure_ == nullptr) failure_ = error;
    latencies_.push_back(milliseconds);
    added_.notify_all();
  }
  /// Waits until there are so many.
  void await(std::size_t count) {
    std::unique_lock lock{mutex_};
    added_.wait(lock, [&] { return latencies_.size() >= count; });
  }
  /// How many there were; throws what the first failure threw.
  [[nodiscard]] std::size_t count() {
    const std::scoped_lock lock{mutex_};
    if (failure_ != nullptr) std::rethrow_exception(failure_);
    return latencies_.size();
  }
  [[nodiscard]] Latency latency() {
    const std::scoped_lock lock{mutex_};
    return latency_of(latencies_);
  }

 private:
  std::mutex mutex_;
  std::condition_variable added_;
  std::exception_ptr failure_;
  std::vector<double> latencies_;
};

class Load {
 public:
  Load(const StoreFixture& store, seriatim::CommandPipeline& pipeline, Answers& answers)
      : pipeline_{pipeline}, answers_{answers}, wallet_{1, store.wallets()} {}

  /// One command for each wallet, after which the lanes know all of them, as in a program that has run for a while.
  void meet_all() {
    for (std::int64_t wallet = 1; wallet <= wallet_.max(); ++wallet) submit(wallet, Steady::now());
    answers_.await(static_cast<std::size_t>(wallet_.max()));
  }

  /// A command that was due at that moment, for any wallet.
  void submit(Steady::time_point due) { submit(wallet_(random_), due); }

 private:
  void submit(std::int64_t wallet, Steady::time_point due) {
    const wallet::AddMoney command{{.aggregate_id = StoreFixture::wallet_id(wallet)}, "1.00"_decimal, "bench"};
    pipeline_.submit(command, [&answers = answers_, due](std::exception_ptr error, const seriatim::ExecutionResult&) {
      answers.add(std::move(error), std::chrono::duration<double, std::milli>(Steady::now() - due).count());
    });
  }

  seriatim::CommandPipeline& pipeline_;
  Answers& answers_;
  std::mt19937_64 random_{1};
  std::uniform_int_distribution<std::int64_t> wallet_;
};

/// Commands/s when there are always some waiting; `used` is what a command cost.
double pipeline_commands(const StoreFixture& store, int seconds, Spent& used) {
  const auto app = store.application();
  seriatim::PipelineOptions options;
  options.capacity = 2'000;
  Answers answers;
  const auto pipeline = app->pipeline(options);
  Load load{store, *pipeline, answers};
  load.meet_all();
  const auto warm = Steady::now() + std::chrono::milliseconds{500};
  while (Steady::now() < warm) load.submit(Steady::now());
  const Spent spent_before = spent(store);
  const std::size_t before = answers.count();
  const auto start = Steady::now();
  const auto end = start + std::chrono::seconds{seconds};
  while (Steady::now() < end) load.submit(Steady::now());
  const std::size_t done = answers.count() - before;
  const std::chrono::duration<double> elapsed = Steady::now() - start;
  used = per_command(spent(store) - spent_before, static_cast<double>(done));
  pipeline->stop(seriatim::PipelineStop::drain);
  (void)answers.count();
  return static_cast<double>(done) / elapsed.count();
}

/// The latency when commands come at that rate, whether or not others are done.
Latency pipeline_latency(const StoreFixture& store, double rate, int seconds) {
  const auto app = store.application();
  Answers warm_up;
  Answers answers;
  const auto pipeline = app->pipeline();
  const auto run = [&](Answers& into, std::chrono::milliseconds length) {
    Load load{store, *pipeline, into};
    const auto start = Steady::now();
    const std::chrono::duration<double> gap{1 / rate};
    for (std::int64_t i = 0;; ++i) {
      const auto due = start + std::chrono::duration_cast<Steady::duration>(gap * static_cast<double>(i));
      if (due - start > length) return;
      if (due > Steady::now()) std::this_thread::sleep_until(due);
      load.submit(due);
    }
  };
  Load{store, *pipeline, warm_up}.meet_all();
  run(warm_up, std::chrono::milliseconds{500});
  run(answers, std::chrono::seconds{seconds});
  pipeline->stop(seriatim::PipelineStop::drain);
  (void)answers.count();
  return answers.latency();
}

/// Median microseconds of a command when each is waited for, through one lane and by `execute`, turn about. Each way has so
/// many wallets of its own.
std::pair<double, double> one_at_a_time(const StoreFixture& store, int seconds, std::int64_t wallets) {
  const auto app = store.application();
  seriatim::PipelineOptions options;
  options.lanes = 1;
  const auto pipeline = app->pipeline(options);
  std::mt19937_64 random{1};
  std::uniform_int_distribution<std::int64_t> wallet{1, wallets};
  std::vector<double> piped;
  std::vector<double> executed;
  const auto end = Steady::now() + std::chrono::seconds{seconds};
  for (bool through_lane = true; Steady::now() < end; through_lane = !through_lane) {
    const auto id = StoreFixture::wallet_id(wallet(random) + (through_lane ? 0 : wallets));
    const wallet::AddMoney command{{.aggregate_id = id}, "1.00"_decimal, "bench"};
    const auto start = Steady::now();
    if (through_lane) {
      (void)pipeline->submit(command, boost::asio::use_future).get();
    } else {
      app->commands().execute(command);
    }
    (through_lane ? piped : executed).push_back(std::chrono::duration<double, std::micro>(Steady::now() - start).count());
  }
  return {median(piped), median(executed)};
}

void print_one_at_a_time(const StoreFixture& store, int rounds, int seconds, std::int64_t wallets) {
  std::vector<double> piped;
  std::vector<double> executed;
  std::vector<double> ratios;
  for (int round = 0; round < rounds; ++round) {
    const auto [through_lane, by_execute] = one_at_a_time(store, seconds, wallets);
    piped.push_back(through_lane);
    executed.push_back(by_execute);
    ratios.push_back(through_lane / by_execute);
  }
  const auto [least, most] = std::minmax_element(ratios.begin(), ratios.end());
  std::printf("  one at a time, one lane, %lld wallet%s: %.0f us a command, %.0f us by execute (target: within 10 %%), %.2fx "
              "(%.2f to %.2f)\n",
              static_cast<long long>(wallets), wallets == 1 ? "" : "s", median(piped), median(executed), median(ratios), *least, *most);
  std::fflush(stdout);
}

/// The middle round of each figure, and the longest of all.
void print_latency(const std::string& what, const std::vector<Latency>& rounds, const char* target) {
  std::vector<double> half;
  std::vector<double> nearly_all;
  std::vector<double> longest;
  std::string each;
  for (const Latency& latency : rounds) {
    half.push_back(latency.half);
    nearly_all.push_back(latency.nearly_all);
    longest.push_back(latency.longest);
    char figure[32];
    std::snprintf(figure, sizeof figure, " %.1f", latency.nearly_all);
    each += figure;
  }
  std::printf("  %s: half within %.1f ms, 99 %% within %.1f ms%s, all within %.1f ms; 99 %% round by round:%s\n", what.c_str(),
              median(half), median(nearly_all), target, percentile(longest, 1), each.c_str());
  std::fflush(stdout);
}

}  // namespace

void measure_pipeline(const StoreFixture& store, int rounds, int seconds) {
  std::vector<double> ours;
  std::vector<double> eight;
  std::vector<double> many;
  std::vector<Latency> latencies;
  std::vector<Latency> theirs;
  std::vector<Latency> machine;
  Spent own;
  Spent peer;
  for (int round = 0; round < rounds; ++round) {
    eight.push_back(pgbench_commands(store, 8, seconds));
    many.push_back(pgbench_commands(store, 32, seconds, &peer));
    ours.push_back(pipeline_commands(store, seconds, own));
    latencies.push_back(pipeline_latency(store, ours.back() / 2, seconds));
    theirs.push_back(pgbench_latency(store, 8, eight.back() / 2, seconds));
    machine.push_back(machine_latency(seconds));
  }
  print("commands/s, pipeline (peer: pgbench, 8 clients)", median(ours), median(eight));
  print("commands/s, pipeline (peer: pgbench, 32 clients)", median(ours), median(many));
  std::printf("  all wallets were in the lanes' memory when the clock started, as in a program that has run for a while\n");
  print_cost("the pipeline", own.own_cpu, own);
  print_cost("pgbench", peer.peer_cpu, peer);
  const auto at_half = [](const char* who, const std::vector<double>& rates) {
    return std::string{who} + " at " + std::to_string(static_cast<int>(median(rates) / 2)) + " commands/s";
  };
  print_latency(at_half("the pipeline", ours), latencies, " (target: 20.0)");
  print_latency(at_half("pgbench, 8 clients,", eight), theirs, "");
  print_latency("the machine, steps of 1 ms on all cores for half of the time, without a database", machine, "");
  measure_lone(store, rounds, seconds);
}

void measure_lone(const StoreFixture& store, int rounds, int seconds) {
  print_one_at_a_time(store, rounds, seconds, store.wallets() / 2);
  print_one_at_a_time(store, rounds, seconds, 1);
}

}  // namespace bench
