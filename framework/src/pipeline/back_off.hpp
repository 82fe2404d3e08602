#pragma once
// Pauses between attempts to reach a database.

#include <algorithm>
#include <chrono>
#include <random>
#include <utility>

namespace seriatim::pipeline {

/// Pauses that double, each cut by a random part, so that lanes do not come back all at once. Not thread-safe.
class BackOff {
 public:
  using Milliseconds = std::chrono::milliseconds;
  static constexpr Milliseconds first{5};
  static constexpr Milliseconds longest{1'000};

  [[nodiscard]] Milliseconds next() {
    const Milliseconds limit = std::exchange(pause_, std::min(pause_ * 2, longest));
    return Milliseconds{std::uniform_int_distribution<Milliseconds::rep>{limit.count() / 2, limit.count()}(random_)};
  }
  void reset() noexcept { pause_ = first; }

 private:
  Milliseconds pause_ = first;
  std::minstd_rand random_{std::random_device{}()};
};

}  // namespace seriatim::pipeline
