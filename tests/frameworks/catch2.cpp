// The adapter of docs/testing.md for Catch2, and a scenario that uses it.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>

#include "seriatim/testing/scenario.hpp"
#include "wallet/commands.hpp"
#include "wallet/plugin.hpp"
#include "wallet/wallet.hpp"

using namespace seriatim::testing;
using namespace wallet;

namespace {

const bool reports_to_catch = (set_reporter([](const Failure& failure) { FAIL(failure.what()); }), true);

struct WalletScenario : Scenario {
  WalletScenario() : Scenario{wallet::domain()} {}
};

TEST_CASE_METHOD(WalletScenario, "money comes in") {
  const auto id = new_id();
  given<Wallet>(id, WalletCreated{"2"}).when(AddMoney{{id}, 20, "API"}).then(MoneyAdded{20, "API"});
}

/// Fails on purpose: the test of this program looks for what it says.
TEST_CASE_METHOD(WalletScenario, "money comes in twice", "[.fails]") {
  const auto id = new_id();
  given<Wallet>(id, WalletCreated{"2"}).when(AddMoney{{id}, 20, "API"}).then<MoneyAdded, MoneyAdded>();
}

}  // namespace
