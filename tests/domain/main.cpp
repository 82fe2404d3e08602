#define BOOST_TEST_MODULE seriatim_domain
#include <boost/test/unit_test.hpp>

#include "seriatim/testing/boost_test.hpp"
