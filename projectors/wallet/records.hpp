#pragma once
// The rows of the wallet's views.

#include "seriatim/views.hpp"

namespace wallet {

/// One row a wallet.
struct WalletRecord {
  static constexpr std::string_view table = "wallet_records";
  seriatim::Uuid aggregate_id{};
  std::string user_id;
  seriatim::Decimal balance;
  std::string currency = "EUR";  ///< New in version 3 of the views; no event tells of another one.
};
BOOST_DESCRIBE_STRUCT(WalletRecord, (), (aggregate_id, user_id, balance, currency))

/// One row a movement, with the balance after it.
struct TransactionRecord {
  static constexpr std::string_view table = "transaction_records";
  seriatim::Uuid aggregate_id{};
  std::int32_t sequence_number = 0;
  std::string type;  ///< "IN" or "OUT".
  seriatim::Decimal amount;
  seriatim::Decimal balance;
  std::string counterparty;  ///< Source or destination.
  seriatim::Timestamp created_at{};
};
BOOST_DESCRIBE_STRUCT(TransactionRecord, (),
                      (aggregate_id, sequence_number, type, amount, balance, counterparty, created_at))

}  // namespace wallet
