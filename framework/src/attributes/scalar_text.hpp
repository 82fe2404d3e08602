#pragma once
// The text of one scalar, without quotes: the form that JSON strings, SQL literals and people share.

#include <string>
#include <string_view>

#include "seriatim/attributes.hpp"

namespace seriatim::attributes {

/// Appends the text of a scalar (any kind but optional, list and object). A string is appended as it is.
void append_scalar_text(std::string& out, const Type& type, const void* value, int timestamp_digits);

/// Reads the text of a scalar (any kind but optional, list, object) into `target`. Returns what is wrong with it as
/// an error code, or nullptr when it fits. A failure leaves `target` unchanged.
[[nodiscard]] const char* read_scalar_text(std::string_view text, const Type& type, void* target);

/// The name of an enum value; empty when the value was not described.
[[nodiscard]] std::string_view enum_name(const Type& type, const void* value) noexcept;

}  // namespace seriatim::attributes
