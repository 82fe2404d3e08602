#pragma once
// What may be asked of a wallet, and what must hold before anybody is asked.

#include "seriatim/validation.hpp"

namespace wallet {

using seriatim::Decimal;
using namespace seriatim::literals;

/// The most that the balance column, numeric(10,2), can hold.
inline constexpr Decimal largest_amount = "99999999.99"_decimal;

struct CreateWallet : seriatim::Command {
  static constexpr std::string_view type_name = "Wallet::Commands::CreateWallet";
  std::string user_id;  ///< Whose wallet it becomes; any text, unlike the UUID of who asks that it hides.
};
BOOST_DESCRIBE_STRUCT(CreateWallet, (seriatim::Command), (user_id))

struct AddMoney : seriatim::Command {
  static constexpr std::string_view type_name = "Wallet::Commands::AddMoney";
  Decimal amount;
  std::string source;
};
BOOST_DESCRIBE_STRUCT(AddMoney, (seriatim::Command), (amount, source))

struct DrawMoney : seriatim::Command {
  static constexpr std::string_view type_name = "Wallet::Commands::DrawMoney";
  Decimal amount;
  std::string destination;
};
BOOST_DESCRIBE_STRUCT(DrawMoney, (seriatim::Command), (amount, destination))

inline void validate(const CreateWallet&, seriatim::Validation& v) { v.presence(&CreateWallet::user_id); }

inline void validate(const AddMoney&, seriatim::Validation& v) {
  v.numericality(&AddMoney::amount).greater_than(0).less_than_or_equal_to(largest_amount);
  v.presence(&AddMoney::source);
}

inline void validate(const DrawMoney&, seriatim::Validation& v) {
  v.numericality(&DrawMoney::amount).greater_than(0).less_than_or_equal_to(largest_amount);
  v.presence(&DrawMoney::destination);
}

}  // namespace wallet
