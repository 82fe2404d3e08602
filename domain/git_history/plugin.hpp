#pragma once
// The git history as one piece, for programs that link it instead of loading the plugin.

#include "seriatim/domain.hpp"

namespace git_history {

[[nodiscard]] seriatim::Domain domain();

}  // namespace git_history
