#include "interruption.hpp"

namespace seriatim::cli {
namespace {

volatile std::sig_atomic_t stop_requested = 0;

void remember(int /*signal*/) {
  stop_requested = 1;
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
  return stop_requested != 0;
}

}  // namespace seriatim::cli
