// What writers notice of a migration: commands at a steady pace through `migrate online` and `migrate offline`.
#include <atomic>
#include <chrono>
#include <mutex>
#include <pqxx/pqxx>
#include <random>
#include <stdexcept>
#include <thread>

#include "../../projectors/wallet/transaction_projector.hpp"
#include "../../projectors/wallet/wallet_projector.hpp"
#include "measure.hpp"
#include "wallet/commands.hpp"
#include "wallet/wallet.hpp"
#include "wallet/wallet_command_handler.hpp"

namespace bench {
namespace {

using namespace seriatim::literals;
using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr int threads = 8;
constexpr int commands_a_second = 1'000;
constexpr double target_ms = 250;

/// Version 2 builds the live table anew and adds another, so that the program of version 1 is refused after the switch
/// and that of version 2 before it.
seriatim::Domain domain(int version) {
  seriatim::Domain domain{"wallet"};
  seriatim::ViewVersions plan;
  plan.version(1, {seriatim::replay<wallet::WalletProjector>()});
  domain.aggregate<wallet::Wallet>().handler<wallet::WalletCommandHandler>().projector<wallet::WalletProjector>();
  if (version == 2) {
    plan.version(2, {seriatim::replay<wallet::WalletProjector>(), seriatim::replay<wallet::TransactionProjector>()});
    domain.projector<wallet::TransactionProjector>();
  }
  domain.views(std::move(plan), view_sql());
  return domain;
}

enum Phase : std::uint8_t { warming, quiet, online, offline, after, phases };

/// One thread's commands.
struct Writer {
  std::int64_t answered = 0;
  std::int64_t retriable = 0;
  std::vector<double> latencies[phases];  ///< Milliseconds from asking to the answer, by the phase at the answer.
};

/// Both programs, and threads that add money to random wallets, `commands_a_second` in all.
class Load {
 public:
  explicit Load(const StoreFixture& store) : store_{store} {
    seriatim::Options options;
    options.database_url = store.url();
    for (int version : {1, 2}) {
      seriatim::Execution execution;
      execution.retry.attempts = 10;
      programs_[version - 1] =
          std::make_unique<seriatim::Application>(options, std::vector{domain(version)}, std::move(execution));
    }
  }
  ~Load() { stop(); }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  void start() {
    for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this, i] { work(i); });
  }
  void stop() {
    stop_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }
  void enter(Phase phase) { phase_ = phase; }

  [[nodiscard]] seriatim::Application& program(int version) { return *programs_[version - 1]; }
  [[nodiscard]] const Writer& writer(std::size_t i) const { return writers_[i]; }
  [[nodiscard]] std::int64_t failures() const { return failures_; }
  [[nodiscard]] const std::string& first_failure() const { return first_failure_; }

  /// Milliseconds of the commands of a phase, in order.
  [[nodiscard]] std::vector<double> latencies(Phase phase) const {
    std::vector<double> all;
    for (const Writer& writer : writers_) {
      all.insert(all.end(), writer.latencies[phase].begin(), writer.latencies[phase].end());
    }
    std::sort(all.begin(), all.end());
    return all;
  }
  [[nodiscard]] std::int64_t answered() const { return sum(&Writer::answered); }
  [[nodiscard]] std::int64_t retriable() const { return sum(&Writer::retriable); }

 private:
  [[nodiscard]] std::int64_t sum(std::int64_t Writer::*figure) const {
    std::int64_t total = 0;
    for (const Writer& writer : writers_) total += writer.*figure;
    return total;
  }

  void work(std::size_t thread) {
    Writer& mine = writers_[thread];
    std::mt19937_64 random{thread + 1};
    std::uniform_int_distribution<std::int64_t> wallet{1, store_.wallets()};
    constexpr auto pace = std::chrono::microseconds{1'000'000 * threads / commands_a_second};
    auto next = Clock::now() + pace * static_cast<int>(thread) / threads;
    while (!stop_) {
      std::this_thread::sleep_until(next);
      next = std::max(next + pace, Clock::now() - std::chrono::seconds{1});
      const std::string source = "bench " + std::to_string(thread) + "/" + std::to_string(mine.answered + 1);
      const auto asked = Clock::now();
      const seriatim::AggregateId id = StoreFixture::wallet_id(wallet(random));
      if (!execute({{.aggregate_id = id}, "1.00"_decimal, source}, mine)) return;
      ++mine.answered;
      mine.latencies[phase_].push_back(std::chrono::duration<double, std::milli>{Clock::now() - asked}.count());
    }
  }

  /// By the program that fits the views. False when it failed.
  bool execute(const wallet::AddMoney& command, Writer& mine) {
    for (;;) {
      const int program = newer_ ? 1 : 0;
      try {
        const seriatim::ExecutionResult result = programs_[program]->commands().execute(command);
        return result.events.size() == 1 || failed("a command was answered without its event");
      } catch (const seriatim::Error& error) {
        if (!error.retryable() || error.code() == seriatim::ErrorCode::connection_lost) return failed(error.what());
        if (program == 1 && error.code() == seriatim::ErrorCode::projector_migrating) return failed(error.what());
        ++mine.retriable;
        if (error.code() == seriatim::ErrorCode::projector_migrating) newer_ = true;
      }
    }
  }

  bool failed(const std::string& what) {
    const std::scoped_lock lock{mutex_};
    if (failures_++ == 0) first_failure_ = what;
    return false;
  }

  const StoreFixture& store_;
  std::unique_ptr<seriatim::Application> programs_[2];
  std::atomic<bool> newer_{false};  ///< The program of version 2 has taken over.
  std::atomic<bool> stop_{false};
  std::atomic<Phase> phase_{warming};
  std::mutex mutex_;  ///< Guards the two below.
  std::int64_t failures_ = 0;
  std::string first_failure_;
  Writer writers_[threads];  ///< Each its thread's, until that has ended.
  std::vector<std::thread> threads_;
};

/// How many of a thread's answers the store does not have, and how many events it has more than once or nobody was
/// answered about.
std::pair<std::int64_t, std::int64_t> lost_and_surplus(const StoreFixture& store, const Load& load) {
  pqxx::connection connection{store.url()};
  pqxx::nontransaction work{connection};
  std::int64_t lost = 0;
  std::int64_t surplus = 0;
  for (std::size_t i = 0; i < threads; ++i) {
    // The threads number their commands from 1, so those stored are 1 to the number of answers, each once.
    const auto row = work.exec("select count(*), count(distinct n) filter (where n <= " +
                               std::to_string(load.writer(i).answered) +
                               ") from (select split_part(event_json->>'source', '/', 2)::bigint as n from "
                               "sequent_schema.events where event_json->>'source' like 'bench " +
                               std::to_string(i) + "/%') answered")[0];
    lost += load.writer(i).answered - row[1].as<std::int64_t>();
    surplus += row[0].as<std::int64_t>() - row[1].as<std::int64_t>();
  }
  return {lost, surplus};
}

void print_latencies(const char* when, const std::vector<double>& latencies) {
  if (latencies.empty()) return;
  std::printf("  %-16s %7zu commands, median %7.2f ms, 99 %% within %7.2f ms, longest %7.1f ms\n", when,
              latencies.size(), latencies[latencies.size() / 2], latencies[latencies.size() * 99 / 100],
              latencies.back());
}

}  // namespace

void measure_offline(const StoreFixture& store, int seconds) {
  Load load{store};
  const auto build = load.program(1).migrator("wallet");
  build->online({}, {}, {});
  build->offline({}, {}, {});
  const auto migrator = load.program(2).migrator("wallet");
  load.start();
  std::this_thread::sleep_for(std::chrono::seconds{1});
  load.enter(quiet);
  std::this_thread::sleep_for(std::chrono::seconds{seconds});
  load.enter(online);
  const seriatim::MigrationResult built = migrator->online({}, {}, {});
  load.enter(offline);
  const seriatim::MigrationResult switched = migrator->offline({}, {}, {});
  // Commands that waited for the switch are answered now.
  std::this_thread::sleep_for(std::chrono::milliseconds{300});
  load.enter(after);
  std::this_thread::sleep_for(std::chrono::seconds{1});
  load.stop();

  std::printf("a migration of %lld events under %d commands/s by %d threads\n", static_cast<long long>(store.events()),
              commands_a_second, threads);
  print_latencies("before", load.latencies(quiet));
  print_latencies("during online", load.latencies(online));
  print_latencies("during offline", load.latencies(offline));
  print_latencies("after", load.latencies(after));
  const std::vector<double> pause = load.latencies(offline);
  std::printf("  longest pause of a writer %.1f ms, target at most %.0f ms; the migrator reports %.1f ms\n",
              pause.empty() ? 0 : pause.back(), target_ms, switched.pause_seconds * 1000);
  std::printf("  online: %lld events in %.2f s; offline: %lld events in %.2f s\n", static_cast<long long>(built.events),
              built.seconds, static_cast<long long>(switched.events), switched.seconds);
  const auto [lost, surplus] = lost_and_surplus(store, load);
  const auto verified = load.program(2).verifier("wallet")->verify({}, {}, {});
  std::printf("  %lld commands answered, %lld retriable errors, %lld failures, %lld lost, %lld surplus; of %lld rows of "
              "views %lld are wrong\n",
              static_cast<long long>(load.answered()), static_cast<long long>(load.retriable()),
              static_cast<long long>(load.failures()), static_cast<long long>(lost), static_cast<long long>(surplus),
              static_cast<long long>(verified.rows), static_cast<long long>(verified.wrong_rows));
  if (load.failures() + lost + surplus + verified.wrong_rows != 0) {
    throw std::runtime_error{"the migration was not harmless: " + load.first_failure()};
  }
}

}  // namespace bench
