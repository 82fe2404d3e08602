#define BOOST_TEST_MODULE seriatim_kit
#include <boost/test/unit_test.hpp>
