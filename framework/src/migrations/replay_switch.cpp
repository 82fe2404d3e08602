#include "migrations/replay_switch.hpp"

#include "migrations/catch_up.hpp"
#include "migrations/fingerprint.hpp"
#include "migrations/switching.hpp"
#include "views/active_views.hpp"

namespace seriatim::migrations {
namespace {

using postgres::quoted_name;

constexpr const char* before = "before_golive";
constexpr const char* after = "after_golive";

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out.append(out.empty() ? "" : "; ").append(text);
  return out;
}

}  // namespace

void ReplaySwitch::run(TransactionId from, Progress& progress) {
  from_ = from;
  switch_patiently(step_.connection, progress, [&] { attempt(progress); });
  progress.end();
  validate_foreign_keys();
}

/// What takes time comes before writers are locked out: from then on, nobody else can alter the tables.
void ReplaySwitch::attempt(Progress& progress) {
  step_.connection.execute("begin");
  ReplayTables tables{step_.connection, step_.store.names(), step_.schemas, ReplayStep::tables_of(plan_)};
  keep_new_tables();
  refuse_drift(tables);
  make_room();
  swap(tables, progress);
}

/// As ReplayTables does with the live ones: who vacuums them by itself makes way after a second, before others wait.
void ReplaySwitch::keep_new_tables() {
  std::string names;
  for (const std::string& table : ReplayStep::tables_of(plan_)) {
    names.append(names.empty() ? "" : ", ").append(quoted_name(step_.schemas.replay, table));
  }
  step_.connection.execute("lock table " + names + " in share update exclusive mode");
}

void ReplaySwitch::swap(ReplayTables& tables, Progress& progress) {
  const bool hooked = step_.has_hook(before, hooks_.before_golive);
  ReplayDependents dependents = tables.dependents();
  if (!hooked) refuse_blockers(dependents);
  const std::vector<std::string> moves = tables.moves();
  ReplayProperties properties = tables.properties();
  step_.connection.execute(switch_lock_timeout);

  const auto start = std::chrono::steady_clock::now();
  step_.versions.lock_out_writers({}, std::chrono::milliseconds{500});
  if (hooked) {
    step_.run_hook(before, hooks_.before_golive, step_.schemas.live_path());
    dependents = tables.dependents();
    refuse_blockers(dependents);
    refuse_drift(tables);
    properties = tables.properties();
  }
  CatchUp last{step_.connection, step_.store, plan_, step_.target()};
  progress.begin("switching", 0);
  events_ = last.run({from_, 0}, progress);
  // Readers lock a view before its tables, so it comes first here, too: it gets the new tables where they still are.
  execute_all(dependents.statements, step_.schemas.new_path());
  execute_all(moves, step_.schemas.live_path());
  execute_all(properties.statements, step_.schemas.live_path());
  finish();
  pause_seconds_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  after_commit_ = std::move(properties.after_commit);
}

void ReplaySwitch::finish() {
  step_.connection.execute("drop schema " + quoted_name(step_.schemas.replay) + " restrict");
  BuiltViews built{step_.connection, step_.store.names(), step_.schemas.views};
  for (const Replay& replay : plan_.replays) {
    built.note(*replay.projector, views::installed_version(step_.domain, *replay.projector, step_.version));
  }
  step_.states.set_state(row_.id, ReplayState::live);
  step_.run_hook(after, hooks_.after_golive, step_.schemas.live_path());
  step_.connection.execute("commit", postgres::Phase::commit);
  done_ = true;
}

void ReplaySwitch::execute_all(const std::vector<std::string>& statements, const std::string& search_path) {
  std::string sql = search_path;
  for (const std::string& statement : statements) sql.append(statement).append(";\n");
  step_.connection.execute(sql + "set local search_path = ''");
}

void ReplaySwitch::refuse_drift(ReplayTables& tables) const {
  const std::string drift = tables.drift(row_.id);
  if (drift.empty()) return;
  throw_error<ErrorCode::migration>("the live tables have been altered since replay " + std::to_string(row_.id) +
                                    " was prepared, and the new ones have not: " + drift +
                                    " (undo that, or run `seriatim replay abort` and `seriatim replay prepare`)");
}

void ReplaySwitch::refuse_blockers(const ReplayDependents& dependents) const {
  if (dependents.blockers.empty()) return;
  throw_error<ErrorCode::migration>(
      "these would go on with the old tables: " + joined(dependents.blockers) +
      " (drop them by SQL that you give as --before-golive, and make them again by --after-golive)");
}

void ReplaySwitch::make_room() {
  if (is_claimed(step_.connection, step_.schemas.archive)) {
    try {
      drop_archive(step_.connection, step_.schemas.archive);
    } catch (const postgres::DatabaseError& error) {
      if (error.code() != ErrorCode::database) throw;
      throw_error<ErrorCode::migration>("schema \"" + step_.schemas.archive + "\" has the tables of the replay before, and "
                                        "they cannot be dropped: " + error.what() + " (drop what depends on them)");
    }
  }
  claim_schema(step_.connection, step_.schemas.archive);
}

/// Their rows are looked at after the commit: that takes its time, and nobody has to wait for it.
void ReplaySwitch::validate_foreign_keys() {
  for (const std::string& sql : after_commit_) {
    try {
      step_.connection.execute(sql);
    } catch (const Error& error) {
      notes_.push_back("a foreign key is there, and its rows have not been checked: " + std::string{error.what()} +
                       " (correct the rows if they do not fit, and run: " + sql + ")");
    }
  }
}

}  // namespace seriatim::migrations
