#pragma once
// Counting the steps of a maintenance run, reporting now and then, and noticing that it should stop.

#include <chrono>

#include "seriatim/errors.hpp"
#include "seriatim/view_migrator.hpp"

namespace seriatim::maintenance {

/// Not thread-safe.
class Steps {
 public:
  Steps(const ProgressReport& report, const Cancelled& cancelled, std::string phase, std::int64_t total)
      : report_{report}, cancelled_{cancelled} {
    current_.phase = std::move(phase);
    current_.total = total;
    tell();
  }

  /// So many more are done, and stored. Throws Error(migration) when the caller wants to stop.
  void advance(std::int64_t steps) {
    current_.done += steps;
    tell();
    if (cancelled_ && cancelled_()) {
      throw_error<ErrorCode::migration>("the maintenance was cancelled: what was done stays, and running it again does the "
                                        "rest");
    }
  }

 private:
  void tell() {
    current_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
    if (report_) report_(current_);
  }

  const ProgressReport& report_;
  const Cancelled& cancelled_;
  MigrationProgress current_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

}  // namespace seriatim::maintenance
