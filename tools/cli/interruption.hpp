#pragma once
// Ctrl-C and SIGTERM as a wish to stop cleanly.

#include <csignal>

namespace seriatim::cli {

/// While one exists, the first SIGINT or SIGTERM is only remembered, and interrupts what waits for input; the second
/// one of the same kind ends the program at once. One at a time.
class Interruption {
 public:
  Interruption();
  ~Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  [[nodiscard]] static bool requested() noexcept;

 private:
  struct sigaction old_interrupt_ {};
  struct sigaction old_terminate_ {};
};

}  // namespace seriatim::cli
