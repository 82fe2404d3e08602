// The wallet with version 4 of its views, which the repository does not have.
#include "support/wallet_next.hpp"

#include "seriatim/plugin.hpp"

namespace wallet_fourth {

SERIATIM_PLUGIN(wallet, domain) { domain = wallet_next::fourth(); }

}  // namespace wallet_fourth
