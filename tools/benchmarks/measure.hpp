#pragma once
// What is measured, and how a figure is printed.

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "store_fixture.hpp"

namespace bench {

/// The middle one of some figures.
[[nodiscard]] inline double median(std::vector<double> figures) {
  std::sort(figures.begin(), figures.end());
  return figures[figures.size() / 2];
}

/// What a part of some figures stays below: 0.99 for the 99th percentile.
[[nodiscard]] inline double percentile(std::vector<double>& figures, double part) {
  std::sort(figures.begin(), figures.end());
  return figures.empty() ? 0 : figures[static_cast<std::size_t>(part * static_cast<double>(figures.size() - 1))];
}

/// How long commands took, in milliseconds.
struct Latency {
  double half;        ///< 50th percentile.
  double nearly_all;  ///< 99th.
  double longest;
};

[[nodiscard]] inline Latency latency_of(std::vector<double>& milliseconds) {
  return {percentile(milliseconds, 0.5), percentile(milliseconds, 0.99), percentile(milliseconds, 1)};
}

inline void print_heading() {
  std::printf("%-58s %12s %12s %7s\n", "", "seriatim", "peer", "ratio");
}

inline void print(const std::string& what, double ours, double theirs) {
  std::printf("%-58s %12.0f %12.0f %6.2fx\n", what.c_str(), ours, theirs, ours / theirs);
  std::fflush(stdout);
}

/// `execute` beside pgbench, with 1 and 8 clients, and what a command costs both.
void measure_commands(const StoreFixture& store, int rounds, int seconds);

/// The command pipeline beside pgbench with 8 and 32 clients, what a command costs, its latency at half load, and that of
/// single commands beside `execute`.
void measure_pipeline(const StoreFixture& store, int rounds, int seconds);

/// Of that, single commands beside `execute` alone: of any wallet, and all of one.
void measure_lone(const StoreFixture& store, int rounds, int seconds);

/// What surrounds a command: filter, middleware, validation, a unique key that moves, a workflow with a second command.
void measure_features(const StoreFixture& store, int rounds, int seconds);

/// A replay of all events into a view beside COPY of the events that it reads, by as many workers as connections.
void measure_replay(const StoreFixture& store, int rounds, int workers);

/// Loading aggregates, with and without snapshots, beside the bare reading of their events.
void measure_load(const StoreFixture& store, int rounds, int seconds);

/// What writers at a steady pace notice of `migrate online` and `migrate offline`, after so many quiet seconds. The store
/// has no views yet. Throws when an event is lost or doubled, a command fails, or a view is wrong afterwards.
void measure_offline(const StoreFixture& store, int seconds);

/// What one event costs in the process, without a database.
void measure_micro(int rounds);

}  // namespace bench
