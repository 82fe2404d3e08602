#include "migrations/standby.hpp"

#include <algorithm>

namespace seriatim::migrations {
namespace {

/// How long one program waits at a time for another that replays into the same tables.
constexpr const char* begin_holding = "begin isolation level repeatable read; set local lock_timeout = '500ms'";

}  // namespace

std::optional<std::int64_t> Standby::pass() {
  const std::optional<TransactionId> from = begin_pass();
  if (!from) {
    connection_.execute("rollback");
    return std::nullopt;
  }
  // The horizon of tables that were live may be above that of this moment: a transaction of somebody else may be open.
  const ReplayRange range{*from, std::max(*from, horizon(connection_))};
  CatchUp step{connection_, store_, plan_, target_};
  progress_.begin("catching up", step.count(range));
  const std::int64_t events = step.run(range, progress_);
  versions_.set_horizon(plan_.to, range.to);
  connection_.execute("commit", postgres::Phase::commit);
  progress_.end();
  return events;
}

std::optional<TransactionId> Standby::begin_pass() {
  for (;;) {
    try {
      connection_.execute(begin_holding);
      const auto from = versions_.hold_horizon(plan_.to);
      connection_.execute("set local lock_timeout = 0");
      return from;
    } catch (const Error& error) {
      // Somebody else is at it, or was since this snapshot was taken.
      if (error.code() != ErrorCode::transient) throw;
      connection_.execute("rollback");
      progress_.check();
    }
  }
}

std::int64_t Standby::behind() {
  const auto from = versions_.horizon(plan_.to);
  return from ? CatchUp{connection_, store_, plan_, target_}.count({*from, 0}) : 0;
}

void Standby::hold() {
  const auto from = versions_.hold_horizon(plan_.to);
  if (!from) {
    throw_error<ErrorCode::migration>("version " + std::to_string(plan_.to) +
                                      " has no tables beside the live ones any more: run `seriatim migrate online`");
  }
  from_ = *from;
}

std::int64_t Standby::finish() {
  CatchUp last{connection_, store_, plan_, target_};
  return last.run({from_, 0}, progress_);
}

TransactionId horizon_of_live_tables(postgres::Connection& connection) {
  return connection.execute("select pg_snapshot_xmax(pg_current_snapshot())::text::bigint")[0][0].as<TransactionId>();
}

}  // namespace seriatim::migrations
