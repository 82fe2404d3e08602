#include "wallet.hpp"

namespace wallet {

InsufficientFunds::InsufficientFunds(Decimal balance, Decimal amount)
    : DomainError{"insufficient_funds", "the balance of " + balance.to_string() + " does not cover a draw of " +
                                            amount.to_string()} {}

Wallet::Wallet(const seriatim::AggregateId& id, std::string user_id) : AggregateRoot{id} {
  apply(WalletCreated{std::move(user_id)});
}

void Wallet::add_money(Decimal amount, std::string source) { apply(MoneyAdded{amount, std::move(source)}); }

void Wallet::draw_money(Decimal amount, std::string destination) {
  if (amount > state().balance) throw InsufficientFunds{state().balance, amount};
  apply(MoneyDrew{amount, std::move(destination)});
}

}  // namespace wallet
