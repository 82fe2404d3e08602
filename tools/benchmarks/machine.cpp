#include "machine.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

namespace bench {
namespace {

using Steady = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr Milliseconds step{1};
constexpr Milliseconds period{2};

/// Work that no compiler leaves out, and that stays in the core.
std::uint64_t compute(std::uint64_t state, std::int64_t turns) {
  for (std::int64_t i = 0; i < turns; ++i) state = state * 6364136223846793005U + (state >> 33U) + 1442695040888963407U;
  return state;
}

/// How many turns make a step, by the fastest of some tries.
std::int64_t turns_of_a_step(std::uint64_t& state) {
  constexpr std::int64_t turns = 100'000;
  Milliseconds fastest{1e9};
  for (int i = 0; i < 50; ++i) {
    const auto start = Steady::now();
    state = compute(state, turns);
    fastest = std::min<Milliseconds>(fastest, Steady::now() - start);
  }
  return static_cast<std::int64_t>(static_cast<double>(turns) * (step / fastest));
}

/// Milliseconds that each step took, from when it was due.
std::vector<double> run_steps(int seconds) {
  std::vector<double> milliseconds;
  std::uint64_t state = 1;
  const std::int64_t turns = turns_of_a_step(state);
  const auto start = Steady::now();
  for (std::int64_t i = 0;; ++i) {
    const auto due = start + std::chrono::duration_cast<Steady::duration>(period * i);
    if (due - start > std::chrono::seconds{seconds}) break;
    if (due > Steady::now()) std::this_thread::sleep_until(due);
    state = compute(state, turns);
    milliseconds.push_back(Milliseconds{Steady::now() - due}.count());
  }
  if (state == 0) milliseconds.clear();  // It never is, but the compiler does not know.
  return milliseconds;
}

}  // namespace

Latency machine_latency(int seconds) {
  std::vector<std::vector<double>> of_threads(std::max(1U, std::thread::hardware_concurrency()));
  std::vector<std::thread> threads;
  for (std::vector<double>& mine : of_threads) threads.emplace_back([&mine, seconds] { mine = run_steps(seconds); });
  for (std::thread& thread : threads) thread.join();
  std::vector<double> all;
  for (const std::vector<double>& mine : of_threads) all.insert(all.end(), mine.begin(), mine.end());
  return latency_of(all);
}

}  // namespace bench
