#define BOOST_TEST_MODULE seriatim_generators
#include <boost/test/unit_test.hpp>
