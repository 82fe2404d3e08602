#include "migrations/view_switch.hpp"

#include <algorithm>
#include <limits>
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
/// So many passes that found no fewer events than the one before, and writers are faster than passes are: each further one
/// would only take longer.
constexpr int most_futile_passes = 2;
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

void call(const std::function<void()>& step) {
  if (step) step();
}

/// The attempts of one switch.
class Attempts {
 public:
  Attempts(MigrationRun& run, const postgres::SchemaNames& names, const Domain& domain, const LockOut& lock_out)
      : run_{run}, names_{names}, domain_{domain}, lock_out_{lock_out} {}

  void run(Progress& progress, const SwitchSteps& steps) {
    std::minstd_rand random{std::random_device{}()};
    const auto end = Clock::now() + lock_out_.patience;
    for (milliseconds wait = shortest_wait;; wait = std::min(wait * 3 / 2, longest_wait)) {
      try {
        call(steps.catch_up);
        return attempt(wait, steps);
      } catch (const Error& error) {
        if (error.code() != ErrorCode::transient) throw;
        run_.connection.execute("rollback");
        if (Clock::now() >= end) give_up(error);
      }
      progress.check();
      std::this_thread::sleep_for(milliseconds{50 + random() % 100});
    }
  }

 private:
  void attempt(milliseconds wait, const SwitchSteps& steps) {
    const std::vector<std::string> tables = existing();
    run_.connection.execute(begin_switch);
    call(steps.prepare);
    for (const std::string& table : tables) {
      // An autovacuum that is busy with the table gives way to this lock after a second; to one that is given up sooner it
      // would not.
      run_.connection.execute("lock table " + postgres::quoted_name(domain_.view_schema(), table) +
                              " in share update exclusive mode");
    }
    const PauseClock pause{run_.pause_seconds};
    run_.versions.lock_out_writers(tables, wait);
    steps.change();
    run_.connection.execute("commit", postgres::Phase::commit);
  }

  [[nodiscard]] std::vector<std::string> existing() {
    std::vector<std::string> found;
    for (const auto& row : run_.connection.execute("select distinct tablename from pg_tables where schemaname = " +
                                                   run_.connection.quoted(domain_.view_schema()) + " and tablename = any(" +
                                                   text_array(run_.connection, lock_out_.tables) +
                                                   ") order by tablename")) {
      found.emplace_back(row[0].c_str());
    }
    return found;
  }

  [[noreturn]] void give_up(const Error& error) {
    std::vector<TableName> tables{{domain_.view_schema(), run_.versions.live().marker}};
    for (const std::string& table : lock_out_.tables) tables.emplace_back(domain_.view_schema(), table);
    const std::string holder = lock_holder(run_.connection, names_, tables);
    throw_error<ErrorCode::transient>("the views of " + domain_.name() + " could not be " + lock_out_.aim +
                                      ", because others were in the way all the time" +
                                      (holder.empty() ? "" : ", as is " + holder) +
                                      ": wait for them or end them, then run `" + lock_out_.command + "` again (" +
                                      error.what() + ")");
  }

  MigrationRun& run_;
  const postgres::SchemaNames& names_;
  const Domain& domain_;
  const LockOut& lock_out_;
};

}  // namespace

void lock_writers_out(MigrationRun& run, const postgres::SchemaNames& names, const Domain& domain, Progress& progress,
                      const LockOut& lock_out, const SwitchSteps& steps) {
  Attempts{run, names, domain, lock_out}.run(progress, steps);
}

void ViewSwitch::catch_up() {
  std::int64_t before = std::numeric_limits<std::int64_t>::max();
  for (int passes = 1, futile = 0;; ++passes) {
    const std::int64_t events = standby_.pass().value_or(0);
    run_.events += events;
    if (events <= few_events) break;
    if (events >= before) ++futile;
    if (passes == most_passes || futile == most_futile_passes) return;
    before = events;
  }
  const std::int64_t left = standby_.behind();
  if (left <= most_events_in_a_switch) return;
  const std::string holder = horizon_holder(run_.connection, store_.names());
  throw_error<ErrorCode::transient>(std::to_string(left) +
                                    " events cannot be replayed before a transaction has ended that is older than they "
                                    "are" + (holder.empty() ? "" : ": " + holder));
}

void ViewSwitch::go_live(const LockOut& lock_out, const std::function<void()>& change) {
  std::int64_t events = 0;
  const SwitchSteps steps{.catch_up = [&] { catch_up(); },
                          // A program that follows these tables is waited for while writers go on.
                          .prepare = [&] { standby_.hold(); },
                          .change =
                              [&] {
                                progress_.begin("switching", 0);
                                events = standby_.finish();
                                change();
                              }};
  lock_writers_out(run_, store_.names(), domain_, progress_, lock_out, steps);
  run_.events += events;
  progress_.end();
}

}  // namespace seriatim::migrations
