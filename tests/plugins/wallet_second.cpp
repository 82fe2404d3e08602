// The wallet with version 2 of its views, as the plugin was before version 3.
#include "support/wallet_before.hpp"

#include "seriatim/plugin.hpp"

namespace wallet_second {

SERIATIM_PLUGIN(wallet, domain) { domain = wallet_before::at(2); }

}  // namespace wallet_second
