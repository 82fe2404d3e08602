#include "plugin.hpp"

#include "../../migrations/wallet/view_versions.hpp"
#include "../../projectors/wallet/transaction_projector.hpp"
#include "../../projectors/wallet/wallet_projector.hpp"
#include "seriatim/plugin.hpp"
#include "wallet.hpp"
#include "wallet_command_handler.hpp"

std::span<const seriatim::SqlFile> wallet_view_sql();

namespace wallet {

SERIATIM_PLUGIN(wallet, domain) {
  domain.aggregate<Wallet>()
      .handler<WalletCommandHandler>()
      .projector<WalletProjector>()
      .projector<TransactionProjector>()
      .views(view_versions(), wallet_view_sql());
}

}  // namespace wallet
