// All integration tests, or a part of them: SERIATIM_TEST_PART=1/2 runs every second suite, 2/2 the others.
#define BOOST_TEST_MODULE seriatim_integration
#define BOOST_TEST_NO_MAIN
#define BOOST_TEST_ALTERNATIVE_INIT_API
#include <boost/test/tree/traverse.hpp>
#include <boost/test/tree/visitor.hpp>
#include <boost/test/unit_test.hpp>
#include <cstdio>
#include <cstdlib>

#include "support/shared_cluster.hpp"

namespace {

struct SharedCluster {
  ~SharedCluster() { seriatim::testing::release_shared_cluster(); }
};

/// Switches off the suites that do not belong to a part.
class Deal : public boost::unit_test::test_tree_visitor {
 public:
  Deal(unsigned part, unsigned parts) : part_{part}, parts_{parts} {}

  bool test_suite_start(const boost::unit_test::test_suite& suite) override {
    namespace ut = boost::unit_test;
    if (suite.p_parent_id == ut::INV_TEST_UNIT_ID) return true;  // All of them.
    if (next_++ % parts_ != part_ - 1) {
      ut::framework::get(suite.p_id, ut::TUT_SUITE).p_default_status.value = ut::test_unit::RS_DISABLED;
    }
    return false;
  }

 private:
  unsigned part_;
  unsigned parts_;
  unsigned next_ = 0;
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
  Deal deal{part, parts};
  ut::traverse_test_tree(ut::framework::master_test_suite(), deal, true);
  return true;
}

}  // namespace

BOOST_TEST_GLOBAL_FIXTURE(SharedCluster);

int main(int argc, char** argv) { return boost::unit_test::unit_test_main(&take_part, argc, argv); }
