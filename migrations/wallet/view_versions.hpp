#pragma once
// How the wallet's views grew.

#include "../../projectors/wallet/transaction_projector.hpp"
#include "../../projectors/wallet/wallet_projector.hpp"
#include "seriatim/view_versions.hpp"

namespace wallet {

[[nodiscard]] inline seriatim::ViewVersions view_versions() {
  return seriatim::ViewVersions{}
      .version(1, {seriatim::replay<WalletProjector>()})
      .version(2, {seriatim::replay<TransactionProjector>()});
}

}  // namespace wallet
