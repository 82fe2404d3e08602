#pragma once
// What all switches of tables that are written have in common: they wait for their locks briefly, and often.

#include <chrono>
#include <random>
#include <thread>

#include "migrations/progress.hpp"
#include "store/postgres/connection.hpp"

namespace seriatim::migrations {

/// How long writers may queue behind a switch that cannot get its lock, per attempt.
inline constexpr const char* switch_lock_timeout = "set local lock_timeout = '500ms'";

/// Passes before writers are locked out end when a pass found this few events: they replay in milliseconds.
inline constexpr std::int64_t few_events = 100;
inline constexpr int most_passes = 20;

/// Calls `attempt`, which begins a transaction on the connection and commits it, until it succeeds. After a lock time-out or
/// a deadlock the transaction is rolled back, writers are let pass for some 100 ms, and it is called again; 30 times.
template <class Attempt>
void switch_patiently(postgres::Connection& connection, Progress& progress, const Attempt& attempt) {
  constexpr int most_attempts = 30;
  std::minstd_rand random{std::random_device{}()};
  for (int number = 1;; ++number) {
    try {
      return attempt();
    } catch (const Error& error) {
      if (error.code() != ErrorCode::transient || number == most_attempts) throw;
      connection.execute("rollback");
      progress.check();
      std::this_thread::sleep_for(std::chrono::milliseconds{50 + random() % 100});
    }
  }
}

}  // namespace seriatim::migrations
