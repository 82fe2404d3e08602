#pragma once
// Counting events of a long run, reporting now and then, and noticing that it should stop.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "seriatim/errors.hpp"
#include "seriatim/view_migrator.hpp"

namespace seriatim::migrations {

/// One thread begins and ends phases and counts by `advance`; or workers count by `add`, each its own events, any number
/// of threads at once. Any thread may `check`. Whoever gives the reports and asks whether to stop is called by one thread
/// at a time; once it wants to stop, every later check throws.
class Progress {
 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;

  Progress(ProgressReport report, Cancelled cancelled, Clock now = &std::chrono::steady_clock::now)
      : report_{std::move(report)}, cancelled_{std::move(cancelled)}, now_{std::move(now)} {}

  /// Starts a phase of about so many events (0: nobody knows), done by so many workers. Throws as `check` does.
  void begin(std::string_view phase, std::int64_t total, std::size_t workers = 0);

  /// One more event is done. Looks at the clock only every 256 events.
  void advance() {
    if ((done_.fetch_add(1, std::memory_order_relaxed) & 0xff) == 0xff) check();
  }

  /// A worker did so many more events. Thread-safe.
  void add(std::size_t worker, std::int64_t events) noexcept {
    workers_[worker].done.fetch_add(events, std::memory_order_relaxed);
  }

  /// The phase is over.
  void end();

  /// Reports, unless it did so just now. Throws Error(migration) when the caller wants to stop. Thread-safe.
  void check();

 private:
  /// A cache line each, so that workers do not slow each other down.
  struct alignas(64) Counter {
    std::atomic<std::int64_t> done{0};
  };

  void tell() const;
  void stop_if_cancelled();

  ProgressReport report_;
  Cancelled cancelled_;
  Clock now_;
  std::mutex mutex_;  ///< Guards all below, but for the counts.
  bool stopped_ = false;
  std::string phase_;
  std::atomic<std::int64_t> done_{0};
  std::int64_t total_ = 0;
  std::vector<Counter> workers_;
  std::chrono::steady_clock::time_point began_;
  std::chrono::steady_clock::time_point reported_;
};

}  // namespace seriatim::migrations
