#pragma once
// The wallet as one piece, for programs that link it instead of loading the plugin.

#include "seriatim/domain.hpp"

namespace wallet {

[[nodiscard]] seriatim::Domain domain();

}  // namespace wallet
