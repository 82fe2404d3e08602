#pragma once
// The one place that decides what is tried again.

#include "seriatim/execution.hpp"

namespace seriatim::core {

/// The attempts of one call. Not thread-safe.
class Retries {
 public:
  /// `policy` must outlive it.
  explicit Retries(const RetryPolicy& policy) : policy_{policy} {}
  explicit Retries(RetryPolicy&& policy) = delete;

  /// Whether a call that failed so is to be made again. Waits before it says yes.
  [[nodiscard]] bool again(const Error& error);

  /// Whether a call is to be made again that met a switch of the views, and has the new version now.
  [[nodiscard]] bool after_switch() noexcept;

 private:
  void pause() const;

  const RetryPolicy& policy_;
  int attempts_ = 1;
  int switches_ = 0;
};

}  // namespace seriatim::core
