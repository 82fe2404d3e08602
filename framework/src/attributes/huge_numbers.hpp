#pragma once
// Numbers beyond a double in JSON texts: RapidJSON takes them for malformed, although here numbers are texts until an
// attribute reads them.

#include <cstddef>
#include <string>
#include <vector>

namespace seriatim::attributes {

/// A number that was taken out of a JSON text.
struct HugeNumber {
  std::size_t ordinal;  ///< Which of the numbers of the text it is, from 0.
  std::string text;
};

/// Replaces every number that may be beyond a double by 0 and blanks, so that nothing else moves; the text, which ends
/// with a zero byte, may be malformed. Linear.
[[nodiscard]] std::vector<HugeNumber> take_huge_numbers(char* json);

}  // namespace seriatim::attributes
