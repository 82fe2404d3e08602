#define BOOST_TEST_MODULE seriatim_faults
#include <boost/test/unit_test.hpp>
