// A plugin that cannot register its domain.
#include <stdexcept>

#include "seriatim/plugin.hpp"

namespace throwing {

SERIATIM_PLUGIN(throwing, domain) {
  domain.view_schema("throwing_views");
  throw std::runtime_error{"the fish is off today"};
}

}  // namespace throwing
