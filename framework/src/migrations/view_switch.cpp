#include "migrations/view_switch.hpp"

#include <limits>
#include <random>
#include <thread>

namespace seriatim::migrations {
namespace {

/// Passes before writers are locked out end when a pass found this few events: they replay in milliseconds.
constexpr std::int64_t few_events = 100;
constexpr int most_passes = 20;
/// So many passes that found no fewer events than the one before, and writers are faster than passes are: each further one
/// would only take longer.
constexpr int most_futile_passes = 2;
constexpr int switch_attempts = 30;
/// How long writers may queue behind a switch that cannot get its lock, per attempt.
constexpr const char* begin_switch = "begin; set local lock_timeout = '500ms'";

void try_locked_out(MigrationRun& run, const std::function<void()>& prepare, const std::function<void()>& change) {
  run.connection.execute(begin_switch);
  prepare();
  const auto start = std::chrono::steady_clock::now();
  run.versions.lock_out_writers();
  change();
  run.connection.execute("commit", postgres::Phase::commit);
  run.pause_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

void lock_writers_out(MigrationRun& run, Progress& progress, const std::function<void()>& prepare,
                      const std::function<void()>& change) {
  std::minstd_rand random{std::random_device{}()};
  for (int attempt = 1;; ++attempt) {
    try {
      return try_locked_out(run, prepare, change);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::transient || attempt == switch_attempts) throw;
      run.connection.execute("rollback");
      progress.check();
      std::this_thread::sleep_for(std::chrono::milliseconds{50 + random() % 100});
    }
  }
}

void ViewSwitch::catch_up() {
  int futile = 0;
  std::int64_t before = std::numeric_limits<std::int64_t>::max();
  for (int i = 0; i < most_passes && futile < most_futile_passes; ++i) {
    const std::int64_t events = standby_.pass().value_or(0);
    run_.events += events;
    if (events <= few_events) return;
    if (events >= before) ++futile;
    before = events;
  }
}

void ViewSwitch::go_live(const std::function<void()>& change) {
  std::int64_t events = 0;
  lock_writers_out(
      run_, progress_,
      [&] {
        // Before the lock: a program that follows these tables is waited for while writers go on.
        standby_.hold();
        progress_.begin("switching", 0);
      },
      [&] {
        events = standby_.finish();
        change();
      });
  run_.events += events;
  progress_.end();
}

}  // namespace seriatim::migrations
