#pragma once
// How long many things took.

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace seriatim::cli {

/// Counts durations in classes that grow by a tenth, so that percentiles are known within that, in constant memory. Up to
/// about two minutes. Not thread-safe.
class Latencies {
 public:
  using Microseconds = std::chrono::microseconds;

  void add(Microseconds duration) noexcept {
    ++counts_[class_of(duration)];
    ++all_;
  }

  /// What that part (0 to 1) of all durations does not exceed, within a tenth; 0 when there are none.
  [[nodiscard]] Microseconds percentile(double part) const noexcept {
    const auto wanted = static_cast<std::int64_t>(std::ceil(part * static_cast<double>(all_)));
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < counts_.size() && all_ != 0; ++i) {
      sum += counts_[i];
      if (sum >= wanted) return Microseconds{static_cast<std::int64_t>(std::pow(growth, static_cast<double>(i)))};
    }
    return Microseconds{0};
  }

 private:
  static constexpr double growth = 1.1;

  static std::size_t class_of(Microseconds duration) noexcept {
    const double length = std::max(1.0, static_cast<double>(duration.count()));
    const auto index = static_cast<std::size_t>(std::ceil(std::log(length) / std::log(growth)));
    return std::min(index, std::size_t{195});
  }

  std::array<std::int64_t, 196> counts_{};
  std::int64_t all_ = 0;
};

}  // namespace seriatim::cli
