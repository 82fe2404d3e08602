#pragma once
// Commands from JSON.

#include <string_view>

#include "core/registry.hpp"
#include "seriatim/command_service.hpp"

namespace seriatim::core {

/// See CommandService::decode. Thread-safe.
[[nodiscard]] AnyCommand decode_command(const Registry& registry, std::string_view json);

/// Throws Error(unknown_command).
[[noreturn]] void throw_unknown_command(std::string_view name);

}  // namespace seriatim::core
