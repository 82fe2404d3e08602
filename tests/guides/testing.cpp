// What docs/testing.md shows. Compiled, and not run: the tests of the kit run what it promises.
#define BOOST_TEST_DYN_LINK
#include <boost/test/unit_test.hpp>
#include <seriatim/testing/scenario.hpp>

#include "wallet/commands.hpp"
#include "wallet/plugin.hpp"
#include "wallet/records.hpp"
#include "wallet/wallet.hpp"

namespace wallet {

struct WalletScenario : seriatim::testing::Scenario {
  WalletScenario() : Scenario{wallet::domain()} {}  // one domain, or a vector of several
};

BOOST_FIXTURE_TEST_CASE(a_draw_beyond_the_balance_is_refused, WalletScenario) {
  const auto id = new_id();
  given<Wallet>(id, WalletCreated{"2"}).when(DrawMoney{{id}, "5"_decimal, "API"}).then_fails<InsufficientFunds>();
}

BOOST_FIXTURE_TEST_CASE(rows_follow, WalletScenario) {
  const auto id = new_id();
  given<Wallet>(id, WalletCreated{"2"}, MoneyAdded{"20"_decimal, "API"}).then_rows<WalletRecord>({{id, "2", "20"_decimal}});
}

seriatim::Execution my_filters();

struct StrictScenario : seriatim::testing::Scenario {
  StrictScenario()
      : Scenario{wallet::domain(),
                 {.execution = my_filters(), .unknown_commands = seriatim::UnknownCommands::refuse}} {}
};

}  // namespace wallet

namespace welcome {

struct UserRegistered {
  static constexpr std::string_view type_name = "Welcome::Registered";
  std::string name;
};
BOOST_DESCRIBE_STRUCT(UserRegistered, (), (name))

struct UserConfirmed {
  static constexpr std::string_view type_name = "Welcome::Confirmed";
};
BOOST_DESCRIBE_STRUCT(UserConfirmed, (), ())

struct WelcomeSent {
  static constexpr std::string_view type_name = "Welcome::Sent";
};
BOOST_DESCRIBE_STRUCT(WelcomeSent, (), ())

struct SendWelcome : seriatim::Command {
  static constexpr std::string_view type_name = "Welcome::Send";
  std::string name;
};
BOOST_DESCRIBE_STRUCT(SendWelcome, (seriatim::Command), (name))

class User : public seriatim::AggregateRoot<User> {
 public:
  static constexpr std::string_view type_name = "Welcome::User";
  using Events = seriatim::types<UserRegistered, UserConfirmed, WelcomeSent>;
  struct State {
    std::string name;
  };
  using AggregateRoot::AggregateRoot;
  static void on(State& s, const UserRegistered& e) { s.name = e.name; }
};
BOOST_DESCRIBE_STRUCT(User::State, (), (name))

struct UserScenario : seriatim::testing::Scenario {
  UserScenario() : Scenario{seriatim::Domain{"welcome"}} {}
};

BOOST_FIXTURE_TEST_CASE(who_confirms_is_welcomed, UserScenario) {
  const auto id = new_id();
  given<User>(id, UserRegistered{"Ann"});
  when<User>(id, UserConfirmed{}).then_commands(SendWelcome{{id}, "Ann"}).then<UserConfirmed, WelcomeSent>();
}

}  // namespace welcome
