// Boost.Test with its adapter, and without it when the test says so.
#define BOOST_TEST_MODULE seriatim_frameworks
#include "seriatim/testing/boost_test.hpp"

#include "seriatim/testing/scenario.hpp"
#include "wallet/commands.hpp"
#include "wallet/plugin.hpp"
#include "wallet/wallet.hpp"

using namespace seriatim::testing;
using namespace wallet;

namespace {

struct WalletScenario : Scenario {
  WalletScenario() : Scenario{wallet::domain()} {}
  seriatim::AggregateId id = new_id();
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(money_comes_in, WalletScenario) {
  given<Wallet>(id, WalletCreated{"2"}).when(AddMoney{{id}, 20, "API"}).then(MoneyAdded{20, "API"});
}

// Fail on purpose: the test of this program looks for what they say.
BOOST_FIXTURE_TEST_CASE(money_comes_in_twice, WalletScenario, *boost::unit_test::disabled()) {
  given<Wallet>(id, WalletCreated{"2"}).when(AddMoney{{id}, 20, "API"}).then<MoneyAdded, MoneyAdded>();
}
BOOST_FIXTURE_TEST_CASE(an_exception_is_a_report, WalletScenario, *boost::unit_test::disabled()) {
  set_reporter({});
  given<Wallet>(id, WalletCreated{"2"}).when(AddMoney{{id}, 20, "API"}).then<MoneyAdded, MoneyAdded>();
}
