#pragma once
// Counting events of a long run, reporting now and then, and noticing that it should stop.

#include <chrono>
#include <cstdint>
#include <string>

#include "seriatim/errors.hpp"
#include "seriatim/view_migrator.hpp"

namespace seriatim::migrations {

/// Not thread-safe.
class Progress {
 public:
  Progress(ProgressReport report, Cancelled cancelled) : report_{std::move(report)}, cancelled_{std::move(cancelled)} {}

  /// Starts a phase.
  void begin(std::string phase, std::int64_t total) {
    current_ = {std::move(phase), 0, total, 0};
    began_ = reported_ = std::chrono::steady_clock::now();
    tell();
  }

  /// One more event is done. Looks at the clock only every 256 events.
  void advance() {
    if ((++current_.done & 0xff) == 0) check();
  }

  /// Starts counting again from none.
  void restart() { current_.done = 0; }

  /// The phase is over.
  void end() { tell(); }

  /// Throws Error(migration) when the caller wants to stop.
  void check() {
    const auto now = std::chrono::steady_clock::now();
    if (now - reported_ < std::chrono::milliseconds{200}) return;
    reported_ = now;
    tell();
    if (cancelled_ && cancelled_()) {
      throw_error<ErrorCode::migration>("the migration was cancelled: the live views are as they were");
    }
  }

 private:
  void tell() {
    current_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
    if (report_) report_(current_);
  }

  ProgressReport report_;
  Cancelled cancelled_;
  MigrationProgress current_;
  std::chrono::steady_clock::time_point began_;
  std::chrono::steady_clock::time_point reported_;
};

}  // namespace seriatim::migrations
