#define BOOST_TEST_MODULE seriatim_generators
#include <boost/test/unit_test.hpp>

#include "support/shared_cluster.hpp"

namespace {

struct SharedCluster {
  ~SharedCluster() { seriatim::testing::release_shared_cluster(); }
};

}  // namespace

BOOST_TEST_GLOBAL_FIXTURE(SharedCluster);
