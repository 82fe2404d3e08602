#pragma once
// Lets Boost.Test report failures of the kit as its own, with the place of the `when`. Include it once in a test program,
// after or instead of <boost/test/unit_test.hpp>. Without it failures are reported as exceptions.

#include <boost/test/execution_monitor.hpp>
#include <boost/test/unit_test.hpp>

#include "seriatim/testing/failure.hpp"

namespace seriatim::testing {

/// Reports a failure as a fatal error of the running test case.
inline void report_to_boost_test(const Failure& failure) {
  namespace ut = boost::unit_test;
  const Location& location = failure.location();
  ut::unit_test_log << ut::log::begin(location.file, static_cast<std::size_t>(location.line)) << ut::log_fatal_errors
                    << failure.what() << ut::log::end();
  ut::framework::assertion_result(ut::AR_FAILED);
  ut::framework::test_unit_aborted(ut::framework::current_test_unit());
  throw boost::execution_aborted{};
}

/// Made before main.
inline const bool reports_to_boost_test = (set_reporter(&report_to_boost_test), true);

}  // namespace seriatim::testing
