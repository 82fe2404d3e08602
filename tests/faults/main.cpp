#define BOOST_TEST_MODULE seriatim_faults
#include <boost/test/unit_test.hpp>

#include "tally.hpp"

namespace {

/// Says at the end what all runs came to, also where nothing else is said.
struct Sum {
  ~Sum() {
    const std::string line = seriatim::testing::tally().line();
    if (!line.empty()) BOOST_TEST_MESSAGE(line);
  }
};

}  // namespace

BOOST_TEST_GLOBAL_FIXTURE(Sum);
