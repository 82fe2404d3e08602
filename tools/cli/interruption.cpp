#include "interruption.hpp"

#include <atomic>

namespace seriatim::cli {
namespace {

/// Threads of a migration look at it, whichever thread the signal came to.
std::atomic<bool> stop_requested{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may not wait");

void remember(int /*signal*/) {
  stop_requested = true;
}

}  // namespace

Interruption::Interruption() {
  struct sigaction action {};
  action.sa_handler = &remember;
  ::sigemptyset(&action.sa_mask);
  // Without SA_RESTART a read() that waits for input returns; SA_RESETHAND lets the second signal through.
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  ::sigaction(SIGINT, &action, &old_interrupt_);
  ::sigaction(SIGTERM, &action, &old_terminate_);
}

Interruption::~Interruption() {
  ::sigaction(SIGINT, &old_interrupt_, nullptr);
  ::sigaction(SIGTERM, &old_terminate_, nullptr);
}

bool Interruption::requested() noexcept {
  return stop_requested;
}

}  // namespace seriatim::cli
