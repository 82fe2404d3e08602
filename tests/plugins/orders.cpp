// The order domain with the workflow that has a rule of its own.
#include "seriatim/plugin.hpp"
#include "support/orders.hpp"

namespace orders {

SERIATIM_PLUGIN(orders, domain) {
  fill(domain, std::make_shared<Script>());
  domain.workflow<BigOrderWorkflow>();
}

}  // namespace orders
