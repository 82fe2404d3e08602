#pragma once
// How far a migration is, as text for people and as JSON for machines, and how often to say it.

#include <chrono>
#include <functional>
#include <string>

#include "seriatim/view_migrator.hpp"

namespace seriatim::cli {

/// "wallet: replaying, 12,345 of 50,000 events (24 %), 41,000/s, 1 s left (workers 21,000/s, 20,000/s)".
/// `unit` is what is counted.
[[nodiscard]] std::string progress_text(const std::string& domain, const MigrationProgress& progress,
                                        const std::string& unit = "events");

/// The same as an object on one line.
[[nodiscard]] std::string progress_json(const std::string& domain, const MigrationProgress& progress);

/// A line at the beginning of each phase, and one a second after it. Not thread-safe.
class Pace {
 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;

  explicit Pace(Clock now = &std::chrono::steady_clock::now) : now_{std::move(now)} {}

  /// Whether it is time for a line; then the next one is due a second later.
  [[nodiscard]] bool due(const std::string& phase);

 private:
  Clock now_;
  std::string phase_;
  std::chrono::steady_clock::time_point shown_;
};

}  // namespace seriatim::cli
