// The command pipeline: failures that are no command's fault, or that of one alone.
#include <boost/test/unit_test.hpp>

#include "support/proxied_pipeline.hpp"

using namespace seriatim;
using namespace seriatim::testing;

BOOST_FIXTURE_TEST_SUITE(pipeline, ProxiedPipeline)

BOOST_AUTO_TEST_CASE(a_projector_that_throws_no_std_exception_does_not_fail_its_neighbours) {
  const AggregateId id = account("a");
  start();
  hold(account("held"));
  Future before = submit(deposit(id, 1));
  Future bad = submit(note(id, "worse"));
  Future after = submit(deposit(id, 1));
  go();
  BOOST_TEST(before.get().events.size() == 1U);
  BOOST_CHECK_THROW(bad.get(), int);
  BOOST_TEST(after.get().events.size() == 1U);
  BOOST_TEST(balance(id) == "2");
  BOOST_TEST(damage() == "0");
}

BOOST_AUTO_TEST_SUITE_END()
