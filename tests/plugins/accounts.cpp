// The accounts domain of the tests as a plugin, for the command line.
#include "support/accounts.hpp"

#include "seriatim/plugin.hpp"

namespace accounts {

SERIATIM_PLUGIN(accounts, domain) { register_domain(domain, std::make_shared<Deeds>()); }

}  // namespace accounts
