// The adapter of docs/testing.md for GoogleTest, and a scenario that uses it.
#include <gtest/gtest.h>

#include "seriatim/testing/scenario.hpp"
#include "wallet/commands.hpp"
#include "wallet/plugin.hpp"
#include "wallet/wallet.hpp"

using namespace seriatim::testing;
using namespace wallet;

namespace {

struct WalletScenario : ::testing::Test, Scenario {
  WalletScenario() : Scenario{wallet::domain()} {}
};

TEST_F(WalletScenario, MoneyComesIn) {
  const auto id = new_id();
  given<Wallet>(id, WalletCreated{"2"}).when(AddMoney{{id}, 20, "API"}).then(MoneyAdded{20, "API"});
}

/// Fails on purpose: the test of this program looks for what it says.
TEST_F(WalletScenario, DISABLED_MoneyComesInTwice) {
  const auto id = new_id();
  given<Wallet>(id, WalletCreated{"2"}).when(AddMoney{{id}, 20, "API"}).then<MoneyAdded, MoneyAdded>();
}

}  // namespace

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  set_reporter([](const Failure& failure) {
    const Location& at = failure.location();
    ADD_FAILURE_AT(at.file, at.line) << failure.what();
  });
  return RUN_ALL_TESTS();
}
