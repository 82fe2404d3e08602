#pragma once
// What must hold of any input. Each throws std::logic_error when it does not; an input that is refused is fine.

#include <string_view>

namespace fuzz {

/// A command from JSON: it is refused, or a command that can be validated, and written and read again without a change.
void decode_command(std::string_view json);

/// An event's attributes from JSON: they are refused, or can be written and read again without a change.
void decode_event(std::string_view json);

}  // namespace fuzz
