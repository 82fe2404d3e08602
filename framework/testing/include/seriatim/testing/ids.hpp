#pragma once
// Ids for tests: the same in each run, and easy to tell apart in a failure.

#include <cstdint>

#include "seriatim/uuid.hpp"

namespace seriatim::testing {

/// Gives 00000000-0000-4000-8000-000000000001, then ...2, and so on: version 4 as a random one, in rising order. A value;
/// not thread-safe.
class Ids {
 public:
  [[nodiscard]] Uuid next() noexcept { return numbered(++last_); }

  /// The id that the `number`th call of `next` gives.
  [[nodiscard]] static Uuid numbered(std::uint64_t number) noexcept;

 private:
  std::uint64_t last_ = 0;
};

}  // namespace seriatim::testing
