#include "domain/@aggregate@/@aggregate@.hpp"

#include <boost/test/unit_test.hpp>

#include <seriatim/testing/scenario.hpp>

#include "domain/@aggregate@/commands.hpp"
#include "domain/plugin.hpp"

using namespace @project@;
using namespace seriatim::literals;

namespace {

struct @Aggregate@Scenario : seriatim::testing::Scenario {
  @Aggregate@Scenario() : Scenario{@project@::domain()} {}
  seriatim::AggregateId id = new_id();
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(@aggregate@, @Aggregate@Scenario)

BOOST_AUTO_TEST_CASE(@article@_@aggregate@_is_created_with_what_the_command_says) {
  const Create@Aggregate@ command{{id}@and_samples@};
  when(command).then(@Aggregate@Created{@samples@});
}

BOOST_AUTO_TEST_CASE(@article@_@aggregate@_is_created_only_once) {
  const Create@Aggregate@ command{{id}@and_samples@};
  given(command);
  when(command).then_fails(seriatim::ErrorCode::optimistic_locking);
}

@test_of_validation@

BOOST_AUTO_TEST_SUITE_END()
