#pragma once
// Issues as one piece, for programs that link them instead of loading the plugin.

#include <memory>

#include "outbox.hpp"
#include "seriatim/domain.hpp"

namespace issues {

/// Delivers to the standard error output.
[[nodiscard]] seriatim::Domain domain();

/// Delivers to an outbox of the program's.
[[nodiscard]] seriatim::Domain domain(std::shared_ptr<Outbox> outbox);

}  // namespace issues
