#define BOOST_TEST_MODULE seriatim_contract
#include <boost/test/unit_test.hpp>
