// A plugin built for another ABI.
#define SERIATIM_PLUGIN_ABI_OVERRIDE 4711

#include "seriatim/plugin.hpp"

namespace other_abi {

SERIATIM_PLUGIN(other_abi, domain) {
  domain.view_schema("never_reached");
}

}  // namespace other_abi
