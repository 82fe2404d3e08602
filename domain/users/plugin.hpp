#pragma once
// Users as one piece, for programs that link it instead of loading the plugin.

#include "seriatim/domain.hpp"

namespace users {

[[nodiscard]] seriatim::Domain domain();

}  // namespace users
