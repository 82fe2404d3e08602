#pragma once
// Meetings as one piece, for programs that link it instead of loading the plugin.

#include "seriatim/domain.hpp"

namespace meetings {

[[nodiscard]] seriatim::Domain domain();

}  // namespace meetings
