#pragma once
// What a transaction in memory changed in place, so that it can be taken back.

#include <functional>
#include <vector>

namespace seriatim::memory {

/// Steps that take changes back, in the order in which the changes were made. Not thread-safe.
class UndoLog {
 public:
  void push(std::function<void()> step) { steps_.push_back(std::move(step)); }

  /// Takes all back, the last change first.
  void undo() {
    while (!steps_.empty()) {
      steps_.back()();
      steps_.pop_back();
    }
  }

  /// The changes are to stay.
  void forget() noexcept { steps_.clear(); }

 private:
  std::vector<std::function<void()>> steps_;
};

}  // namespace seriatim::memory
