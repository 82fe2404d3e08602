#include "migrations/view_switch.hpp"

#include <algorithm>
#include <random>
#include <thread>

#include "migrations/blockers.hpp"

namespace seriatim::migrations {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

/// Passes before writers are locked out end when a pass found this few events: they replay in milliseconds.
constexpr std::int64_t few_events = 100;
constexpr int most_passes = 20;
/// More would keep writers waiting for too long.
constexpr std::int64_t most_events_in_a_switch = 500;
/// How long others may queue behind a switch that cannot get its locks: in the first attempt, and at most.
constexpr milliseconds shortest_wait{100};
constexpr milliseconds longest_wait{500};
/// Nobody who reads or writes waits for the locks that a switch asks for first.
constexpr const char* begin_switch = "begin; set local lock_timeout = '5s'";

/// Makes `longest` the time from its making to its end, if that is longer.
struct PauseClock {
  explicit PauseClock(double& pause) : longest{pause} {}
  ~PauseClock() { longest = std::max(longest, std::chrono::duration<double>(Clock::now() - start).count()); }
  PauseClock(const PauseClock&) = delete;
  PauseClock& operator=(const PauseClock&) = delete;

  double& longest;
  Clock::time_point start = Clock::now();
};

}  // namespace

ViewSwitch::ViewSwitch(MigrationRun& run, const postgres::PostgresStore& store, const Domain& domain, const Plan& plan,
                       Progress& progress)
    : run_{run},
      store_{store},
      domain_{domain},
      plan_{plan},
      progress_{progress},
      target_{target_of(domain, plan)},
      from_{run.pending->horizon} {}

void ViewSwitch::catch_up() {
  for (int i = 1; pass() > few_events; ++i) {
    if (i == most_passes) return;
  }
  const std::int64_t left = CatchUp{run_.connection, store_, plan_, target_}.count({from_, 0});
  if (left <= most_events_in_a_switch) return;
  const std::string holder = horizon_holder(run_.connection, store_.names());
  throw_error<ErrorCode::transient>(std::to_string(left) +
                                    " events cannot be replayed before a transaction has ended that is older than they "
                                    "are" + (holder.empty() ? "" : ": " + holder));
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

void ViewSwitch::go_live(const LockOut& lock_out, const std::function<void()>& change) {
  std::minstd_rand random{std::random_device{}()};
  const auto end = Clock::now() + lock_out.patience;
  for (milliseconds wait = shortest_wait;; wait = std::min(wait * 3 / 2, longest_wait)) {
    try {
      catch_up();
      return try_switch(existing(lock_out.tables), wait, change);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::transient) throw;
      run_.connection.execute("rollback");
      if (Clock::now() >= end) give_up(lock_out, error);
    }
    progress_.check();
    std::this_thread::sleep_for(milliseconds{50 + random() % 100});
  }
}

void ViewSwitch::try_switch(const std::vector<std::string>& tables, milliseconds wait,
                            const std::function<void()>& change) {
  run_.connection.execute(begin_switch);
  for (const std::string& table : tables) {
    // An autovacuum that is busy with the table gives way to this lock after a second; to one that is given up sooner it
    // would not.
    run_.connection.execute("lock table " + postgres::quoted_name(domain_.view_schema(), table) +
                            " in share update exclusive mode");
  }
  {
    const PauseClock pause{run_.pause_seconds};
    run_.versions.lock_out_writers(plan_.from, tables, wait);
    CatchUp last{run_.connection, store_, plan_, target_};
    progress_.begin("switching", 0);
    const std::int64_t events = last.run({from_, 0}, progress_);
    change();
    run_.connection.execute("commit", postgres::Phase::commit);
    run_.events += events;
  }
  progress_.end();
}

std::vector<std::string> ViewSwitch::existing(const std::vector<std::string>& tables) {
  std::vector<std::string> found;
  for (const auto& row : run_.connection.execute("select distinct tablename from pg_tables where schemaname = " +
                                                 run_.connection.quoted(domain_.view_schema()) +
                                                 " and tablename = any(" + text_array(run_.connection, tables) +
                                                 ") order by tablename")) {
    found.emplace_back(row[0].c_str());
  }
  return found;
}

void ViewSwitch::give_up(const LockOut& lock_out, const Error& error) {
  std::vector<TableName> tables{{domain_.view_schema(), postgres::version_marker(plan_.from)}};
  for (const std::string& table : lock_out.tables) tables.emplace_back(domain_.view_schema(), table);
  const std::string holder = lock_holder(run_.connection, store_.names(), tables);
  throw_error<ErrorCode::transient>("the views of " + domain_.name() + " could not be switched to version " +
                                    std::to_string(plan_.to) + ", because others were in the way all the time" +
                                    (holder.empty() ? "" : ", as is " + holder) +
                                    ": wait for them or end them, then run `seriatim migrate offline` again (" +
                                    error.what() + ")");
}

}  // namespace seriatim::migrations
