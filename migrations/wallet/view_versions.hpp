#pragma once
// How the wallet's views grew. Version 2 adds a table, from events that were stored before it; version 3 adds a column to
// the table of wallets, by sql/views/wallet/wallet_records_3.sql.

#include "../../projectors/wallet/transaction_projector.hpp"
#include "../../projectors/wallet/wallet_projector.hpp"
#include "seriatim/view_versions.hpp"

namespace wallet {

[[nodiscard]] inline seriatim::ViewVersions view_versions() {
  return seriatim::ViewVersions{}
      .version(1, {seriatim::replay<WalletProjector>()})
      .version(2, {seriatim::replay<TransactionProjector>()})
      .version(3, {seriatim::alter_table<WalletRecord>()});
}

}  // namespace wallet
