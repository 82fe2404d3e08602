#include "migrations/progress.hpp"

#include <algorithm>

namespace seriatim::migrations {
namespace {

constexpr std::chrono::milliseconds between_reports{200};

double rate(std::int64_t done, double seconds) { return seconds > 0 ? static_cast<double>(done) / seconds : 0; }

}  // namespace

void Progress::begin(std::string_view phase, std::int64_t total, std::size_t workers) {
  const std::scoped_lock lock{mutex_};
  phase_ = phase;
  done_ = 0;
  total_ = total;
  workers_ = std::vector<Counter>(workers);
  began_ = reported_ = now_();
  tell();
  stop_if_cancelled();
}

void Progress::end() {
  const std::scoped_lock lock{mutex_};
  total_ = 0;  // What was estimated is known now: all that was done.
  tell();
}

void Progress::check() {
  const std::scoped_lock lock{mutex_};
  if (stopped_) stop_if_cancelled();
  const auto now = now_();
  if (now - reported_ < between_reports) return;
  reported_ = now;
  tell();
  stop_if_cancelled();
}

void Progress::stop_if_cancelled() {
  stopped_ = stopped_ || (cancelled_ && cancelled_());
  if (!stopped_) return;
  throw_error<ErrorCode::migration>("the migration was cancelled: the live views are as they were");
}

void Progress::tell() const {
  if (!report_) return;
  MigrationProgress progress;
  progress.phase = phase_;
  progress.done = done_;
  progress.seconds = std::chrono::duration<double>(now_() - began_).count();
  for (const Counter& worker : workers_) {
    const std::int64_t done = worker.done.load(std::memory_order_relaxed);
    progress.workers.push_back({done, rate(done, progress.seconds)});
    progress.done += done;
  }
  progress.total = std::max(total_, progress.done);
  progress.events_per_second = rate(progress.done, progress.seconds);
  if (progress.events_per_second > 0) {
    progress.seconds_left = static_cast<double>(progress.total - progress.done) / progress.events_per_second;
  }
  report_(progress);
}

}  // namespace seriatim::migrations
