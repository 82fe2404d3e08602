#pragma once
// The text of one scalar, without quotes: the form that JSON strings, SQL literals and people share.

#include <string>
#include <string_view>

#include "seriatim/attributes.hpp"

namespace seriatim::attributes {

/// Whether a date or time has a text: one of the years 1 to 9999. `Date{}` has none.
[[nodiscard]] bool has_text(Date date) noexcept;
[[nodiscard]] bool has_text(Timestamp time) noexcept;

/// Appends the text of a scalar (any kind but optional, list and object). A string is appended as it is. Throws
/// Error(serialization) for a date or time that has no text.
void append_scalar_text(std::string& out, const Type& type, const void* value, int timestamp_digits);

/// Reads the text of a scalar (any kind but optional, list, object) into `target`. Returns what is wrong with it as
/// an error code, or nullptr when it fits. A failure leaves `target` unchanged.
[[nodiscard]] const char* read_scalar_text(std::string_view text, const Type& type, void* target);

/// The name of an enum value; empty when the value was not described.
[[nodiscard]] std::string_view enum_name(const Type& type, const void* value) noexcept;

}  // namespace seriatim::attributes
