#pragma once
// The wallet: money comes in and goes out, and the balance never falls below zero.

#include "events.hpp"
#include "seriatim/aggregate_root.hpp"
#include "seriatim/errors.hpp"

namespace wallet {

/// Refuses a draw beyond the balance.
class InsufficientFunds : public seriatim::DomainError {
 public:
  InsufficientFunds(Decimal balance, Decimal amount);
};

class Wallet : public seriatim::AggregateRoot<Wallet> {
 public:
  static constexpr std::string_view type_name = "Wallet::Wallet";
  using Events = seriatim::types<WalletCreated, MoneyAdded, MoneyDrew>;
  struct State {
    std::string user_id;
    Decimal balance;
  };

  using AggregateRoot::AggregateRoot;
  Wallet(const seriatim::AggregateId& id, std::string user_id);

  void add_money(Decimal amount, std::string source);
  void draw_money(Decimal amount, std::string destination);

  static void on(State& s, const WalletCreated& e) { s.user_id = e.user_id; }
  static void on(State& s, const MoneyAdded& e) { s.balance += e.amount; }
  static void on(State& s, const MoneyDrew& e) { s.balance -= e.amount; }
};
BOOST_DESCRIBE_STRUCT(Wallet::State, (), (user_id, balance))

}  // namespace wallet
