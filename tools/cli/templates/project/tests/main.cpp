#define BOOST_TEST_MODULE @project@
#include <boost/test/unit_test.hpp>

#include <seriatim/testing/boost_test.hpp>
