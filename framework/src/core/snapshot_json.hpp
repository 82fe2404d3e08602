#pragma once
// States of aggregates as snapshots hold them.

#include <string>
#include <string_view>

#include "seriatim/json.hpp"

namespace seriatim::core {

/// The state as JSON, with all digits of its times. Throws Error(serialization) when it cannot be written, or would not be
/// read as the same state again.
[[nodiscard]] std::string write_snapshot(const attributes::Type& type, const void* state);

/// Reads a state into a default-constructed one. Throws Error(deserialization) when it does not fit, also when it has an
/// attribute that the type lacks.
void read_snapshot(const attributes::Type& type, std::string_view json, void* state);

}  // namespace seriatim::core
