#pragma once
// The domain as one piece, for programs that link it instead of loading the plugin.

#include <seriatim/domain.hpp>

namespace @project@ {

[[nodiscard]] seriatim::Domain domain();

}  // namespace @project@
