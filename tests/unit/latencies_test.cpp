#include "latencies.hpp"

#include <boost/test/unit_test.hpp>

using seriatim::cli::Latencies;
using std::chrono::microseconds;

BOOST_AUTO_TEST_SUITE(latencies)

BOOST_AUTO_TEST_CASE(percentiles_are_known_within_a_tenth) {
  Latencies latencies;
  BOOST_TEST(latencies.percentile(0.5).count() == 0);
  for (int i = 1; i <= 1000; ++i) latencies.add(microseconds{i * 10});
  const auto near = [](microseconds actual, double expected) {
    return static_cast<double>(actual.count()) >= expected * 0.9 && static_cast<double>(actual.count()) <= expected * 1.11;
  };
  BOOST_TEST(near(latencies.percentile(0.5), 5'000));
  BOOST_TEST(near(latencies.percentile(0.99), 9'900));
  BOOST_TEST(near(latencies.percentile(1), 10'000));
}

BOOST_AUTO_TEST_SUITE_END()
