#include <chrono>

#include "measure.hpp"
#include "peer.hpp"

namespace bench {
namespace {

/// Events/s of `migrate online` to version 2, which replays all movements; the new tables are dropped again.
double rebuild_views(const StoreFixture& store) {
  const auto app = store.application();
  const auto start = std::chrono::steady_clock::now();
  const seriatim::MigrationResult result = app->migrator("wallet")->online(2, {}, {});
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  return static_cast<double>(result.events) / elapsed.count();
}

}  // namespace

void measure_rebuild(const StoreFixture& store, int rounds) {
  std::vector<double> ours;
  std::vector<double> theirs;
  for (int round = 0; round < rounds; ++round) {
    theirs.push_back(copy_events(store));
    ours.push_back(rebuild_views(store));
  }
  print("rebuild, events/s (peer: ordered COPY TO STDOUT)", median(ours), median(theirs));
}

}  // namespace bench
