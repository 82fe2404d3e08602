// The wallet with version 3 of its views.
#include "support/wallet_next.hpp"

#include "seriatim/plugin.hpp"

namespace wallet_third {

SERIATIM_PLUGIN(wallet, domain) { domain = wallet_next::third(); }

}  // namespace wallet_third
