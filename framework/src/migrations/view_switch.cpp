#include "migrations/view_switch.hpp"

#include <random>
#include <thread>

namespace seriatim::migrations {
namespace {

/// Passes before writers are locked out end when a pass found this few events: they replay in milliseconds.
constexpr std::int64_t few_events = 100;
constexpr int most_passes = 20;
constexpr int switch_attempts = 30;
/// How long writers may queue behind a switch that cannot get its lock, per attempt.
constexpr const char* begin_switch = "begin; set local lock_timeout = '500ms'";

}  // namespace

ViewSwitch::ViewSwitch(MigrationRun& run, const postgres::PostgresStore& store, const Domain& domain, const Plan& plan,
                       Progress& progress)
    : run_{run},
      store_{store},
      plan_{plan},
      progress_{progress},
      target_{target_of(domain, plan)},
      from_{run.pending->horizon} {}

void ViewSwitch::catch_up() {
  for (int i = 0; i < most_passes && pass() > few_events; ++i) {
  }
}

std::int64_t ViewSwitch::pass() {
  run_.connection.execute("begin isolation level repeatable read");
  const ReplayRange range{from_, horizon(run_.connection)};
  CatchUp step{run_.connection, store_, plan_, target_};
  progress_.begin("catching up", step.count(range));
  const std::int64_t events = step.run(range, progress_);
  run_.versions.set_horizon(plan_.to, range.to);
  run_.connection.execute("commit", postgres::Phase::commit);
  progress_.end();
  run_.events += events;
  from_ = range.to;
  return events;
}

void ViewSwitch::go_live(const std::function<void()>& change) {
  std::minstd_rand random{std::random_device{}()};
  for (int attempt = 1;; ++attempt) {
    try {
      return try_switch(change);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::transient || attempt == switch_attempts) throw;
      run_.connection.execute("rollback");
      progress_.check();
      std::this_thread::sleep_for(std::chrono::milliseconds{50 + random() % 100});
    }
  }
}

void ViewSwitch::try_switch(const std::function<void()>& change) {
  run_.connection.execute(begin_switch);
  const auto start = std::chrono::steady_clock::now();
  run_.versions.lock_out_writers(run_.from);
  CatchUp last{run_.connection, store_, plan_, target_};
  progress_.begin("switching", 0);
  const std::int64_t events = last.run({from_, 0}, progress_);
  change();
  run_.connection.execute("commit", postgres::Phase::commit);
  run_.pause_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  run_.events += events;
  progress_.end();
}

}  // namespace seriatim::migrations
