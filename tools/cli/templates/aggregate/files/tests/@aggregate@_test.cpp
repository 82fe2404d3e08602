#include "domain/@aggregate@/@aggregate@.hpp"

#include <boost/test/unit_test.hpp>

#include "domain/@aggregate@/commands.hpp"

using namespace @project@;
using namespace seriatim::literals;

BOOST_AUTO_TEST_SUITE(@aggregate@)

BOOST_AUTO_TEST_SUITE_END()
