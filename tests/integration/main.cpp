// All integration tests, or a part of them: SERIATIM_TEST_PART=1/2 runs every second suite, 2/2 the others.
#define BOOST_TEST_MODULE seriatim_integration
#define BOOST_TEST_NO_MAIN
#define BOOST_TEST_ALTERNATIVE_INIT_API
#include <boost/test/tree/test_case_counter.hpp>
#include <boost/test/tree/test_unit.hpp>
#include <boost/test/unit_test.hpp>
#include <cstdio>
#include <cstdlib>

#include "support/shared_cluster.hpp"

namespace {

struct SharedCluster {
  ~SharedCluster() { seriatim::testing::release_shared_cluster(); }
};

/// Lets the suites of one part run. False when the environment names none.
bool take_part() {
  namespace ut = boost::unit_test;
  const char* wanted = std::getenv("SERIATIM_TEST_PART");
  if (wanted == nullptr) return true;
  unsigned part = 0;
  unsigned parts = 0;
  if (std::sscanf(wanted, "%u/%u", &part, &parts) != 2 || part < 1 || part > parts) {
    std::fprintf(stderr, "SERIATIM_TEST_PART is \"%s\": give a part and how many there are, as in 1/2\n", wanted);
    return false;
  }
  const ut::test_suite& all = ut::framework::master_test_suite();
  for (ut::counter_t i = 0; i < all.size(); ++i) {
    ut::test_unit& suite = ut::framework::get(all.get(i), ut::TUT_ANY);
    if (i % parts != part - 1) suite.p_default_status.value = ut::test_unit::RS_DISABLED;
  }
  return true;
}

}  // namespace

BOOST_TEST_GLOBAL_FIXTURE(SharedCluster);

int main(int argc, char** argv) { return boost::unit_test::unit_test_main(&take_part, argc, argv); }
