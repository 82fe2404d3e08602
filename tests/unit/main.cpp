#define BOOST_TEST_MODULE seriatim_unit
#include <boost/test/unit_test.hpp>
