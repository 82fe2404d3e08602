#include "core/retries.hpp"

#include <algorithm>
#include <random>
#include <thread>

namespace seriatim::core {
namespace {

constexpr int most_switches = 4;  ///< A switch of the views is seen at most once per migration; more is a storm.
constexpr int most_doublings = 30;

/// Others may have been first, or in the way; they are done now.
bool may_pass(const Error& error) {
  return error.retryable() && (error.code() == ErrorCode::optimistic_locking || error.code() == ErrorCode::transient);
}

double random_part() {
  thread_local std::minstd_rand engine{std::random_device{}()};
  return std::uniform_real_distribution<double>{0, 1}(engine);
}

}  // namespace

bool Retries::again(const Error& error) {
  if (attempts_ >= policy_.attempts || !may_pass(error)) return false;
  pause();
  ++attempts_;
  return true;
}

bool Retries::after_switch() noexcept { return switches_++ < most_switches; }

void Retries::pause() const {
  // Doubling stops before it overflows.
  const double doubled = static_cast<double>(policy_.first_pause.count()) *
                         static_cast<double>(std::int64_t{1} << std::min(attempts_ - 1, most_doublings));
  const double limit = std::min(doubled, static_cast<double>(policy_.longest_pause.count()));
  const double part = policy_.jitter ? policy_.jitter() : random_part();
  const std::chrono::microseconds length{static_cast<std::int64_t>(limit * std::clamp(part, 0.0, 1.0))};
  if (policy_.wait) {
    policy_.wait(length);
  } else {
    std::this_thread::sleep_for(length);
  }
}

}  // namespace seriatim::core
