#include "support/shared_cluster.hpp"

#include <memory>
#include <mutex>

namespace seriatim::testing {
namespace {

std::mutex mutex;

std::unique_ptr<ThrowawayCluster>& holder() {
  static std::unique_ptr<ThrowawayCluster> cluster;
  return cluster;
}

}  // namespace

ThrowawayCluster& shared_cluster() {
  const std::scoped_lock lock{mutex};
  if (!holder()) holder() = std::make_unique<ThrowawayCluster>();
  return *holder();
}

void release_shared_cluster() noexcept {
  const std::scoped_lock lock{mutex};
  holder().reset();
}

}  // namespace seriatim::testing
