// A plugin built against another version of the framework.
#undef SERIATIM_VERSION
#define SERIATIM_VERSION "0.0.1"

#include "seriatim/plugin.hpp"

namespace other_version {

SERIATIM_PLUGIN(other_version, domain) {
  domain.view_schema("never_reached");
}

}  // namespace other_version
