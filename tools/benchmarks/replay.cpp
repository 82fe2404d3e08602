#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <string>

#include "measure.hpp"
#include "peer.hpp"

namespace bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kibibytes_a_mebibyte = 1024;

/// Mebibytes of memory that this program has used at most since `forget_peak`.
double peak_memory() {
  std::ifstream status{"/proc/self/status"};
  for (std::string line; std::getline(status, line);) {
    if (line.rfind("VmHWM:", 0) == 0) return std::stod(line.substr(6)) / kibibytes_a_mebibyte;
  }
  throw std::runtime_error{"/proc/self/status tells no VmHWM"};
}

void forget_peak() { std::ofstream{"/proc/self/clear_refs"} << "5"; }

/// Seconds that this program's threads have computed so far.
double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

struct Replay {
  double events_a_second;
  double microseconds_of_cpu;  ///< An event, in this program.
  double mebibytes;            ///< That memory grew by at most.
};

/// `migrate online`: one row a wallet, from all of its events, loaded and indexed. The next round builds it
/// again.
Replay replay_views(const StoreFixture& store, int workers) {
  const auto app = store.application();
  const auto migrator = app->migrator("wallet");
  migrator->divide({.workers = workers});
  forget_peak();
  const double before = peak_memory();
  const double cpu = cpu_seconds();
  const auto start = Clock::now();
  const seriatim::MigrationResult result = migrator->online({}, {}, {});
  const std::chrono::duration<double> elapsed = Clock::now() - start;
  const auto events = static_cast<double>(result.events);
  return {events / elapsed.count(), (cpu_seconds() - cpu) / events * 1e6, peak_memory() - before};
}

}  // namespace

void measure_replay(const StoreFixture& store, int rounds, int workers) {
  std::vector<double> ours;
  std::vector<double> theirs;
  std::vector<double> cpu;
  double memory = 0;
  std::string ratios;
  for (int round = 0; round < rounds; ++round) {
    theirs.push_back(copy_events(store, workers));
    const Replay replay = replay_views(store, workers);
    ours.push_back(replay.events_a_second);
    cpu.push_back(replay.microseconds_of_cpu);
    memory = std::max(memory, replay.mebibytes);
    char ratio[16];
    std::snprintf(ratio, sizeof ratio, " %.2f", ours.back() / theirs.back());
    ratios += ratio;
  }
  print("replay, events/s, " + std::to_string(workers) + " workers (peer: ordered COPY TO STDOUT, as many)", median(ours),
        median(theirs));
  std::printf("  of %lld events into %lld rows; peak memory %.0f MiB; %.2f us of CPU an event in this program\n",
              static_cast<long long>(store.events()), static_cast<long long>(store.wallets()), memory, median(cpu));
  std::printf("  round by round:%s\n", ratios.c_str());
}

}  // namespace bench
