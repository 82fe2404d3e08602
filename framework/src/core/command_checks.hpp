#pragma once
// What happens to a command between the caller and its handlers.

#include "core/registry.hpp"
#include "seriatim/command_service.hpp"

namespace seriatim::core {

/// Validates the command, then hashes its secrets at that cost. Throws CommandNotValid with everything that is wrong, and
/// has wiped the secrets then.
void check_command(const RegisteredCommand& registered, const AnyCommand& command, int secret_cost);

}  // namespace seriatim::core
