#pragma once
// What happens to a wallet. The names and members are stored: they never change.

#include "seriatim/message.hpp"

namespace wallet {

using seriatim::Decimal;

struct WalletCreated {
  static constexpr std::string_view type_name = "Wallet::Events::WalletCreated";
  std::string user_id;
};
BOOST_DESCRIBE_STRUCT(WalletCreated, (), (user_id))

struct MoneyAdded {
  static constexpr std::string_view type_name = "Wallet::Events::MoneyAdded";
  Decimal amount;
  std::string source;
};
BOOST_DESCRIBE_STRUCT(MoneyAdded, (), (amount, source))

struct MoneyDrew {
  static constexpr std::string_view type_name = "Wallet::Events::MoneyDrew";
  Decimal amount;
  std::string destination;
};
BOOST_DESCRIBE_STRUCT(MoneyDrew, (), (amount, destination))

}  // namespace wallet
