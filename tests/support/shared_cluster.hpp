#pragma once
// One PostgreSQL for all tests of a process.

#include "support/throwaway_cluster.hpp"

namespace seriatim::testing {

/// Started by the first test that asks. Take a database of your own from it: shared_cluster().create_database().
[[nodiscard]] ThrowawayCluster& shared_cluster();

/// Stops and deletes it; called when all tests are done, before static objects are destroyed.
void release_shared_cluster() noexcept;

}  // namespace seriatim::testing
