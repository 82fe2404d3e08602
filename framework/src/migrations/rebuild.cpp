#include "migrations/rebuild.hpp"

#include "store/postgres/copy_writer.hpp"
#include "store/postgres/sql_statements.hpp"

namespace seriatim::migrations {
namespace {

/// Rows are written when they take this much memory.
constexpr std::size_t memory_limit = std::size_t{128} << 20U;

std::vector<const ProjectorType*> projectors_of(const Plan& plan) {
  std::vector<const ProjectorType*> projectors;
  for (const Replay& replay : plan.replays) projectors.push_back(replay.projector);
  return projectors;
}

}  // namespace

Rebuild::Rebuild(postgres::Connection& reading, postgres::Connection& writing, const postgres::PostgresStore& store,
                 const Plan& plan, RebuildTarget target)
    : writing_{writing},
      plan_{plan},
      target_{std::move(target)},
      projection_{store.registry(), projectors_of(plan)},
      reader_{reading, store, projection_.types()} {}

std::int64_t Rebuild::run(const ReplayRange& range, Progress& progress) {
  if (projection_.types().empty()) return 0;
  progress.begin("replaying", reader_.count(range));
  if (!attempt(range, Mode::streaming, progress)) {
    empty_tables();
    attempt(range, Mode::retaining, progress);
  }
  progress.end();
  return events_;
}

bool Rebuild::attempt(const ReplayRange& range, Mode mode, Progress& progress) {
  /// Ends the reading early; never leaves this function.
  struct NotLocal {};

  rows_ = std::make_unique<views::ReplayPersistor>();
  written_ = false;
  events_ = 0;
  progress.restart();
  AggregateId current{};
  const auto rows_were_needed = [&] { return written_ && !rows_->local(); };
  try {
    reader_.read(range, [&](const ReplayEvent& event) {
      if (event.header.aggregate_id != current) {
        if (rows_were_needed()) throw NotLocal{};
        current = event.header.aggregate_id;
        begin_aggregate(current, mode);
      }
      projection_.project(event, *rows_, [](const ProjectorType&, const ReplayEvent&) {});
      ++events_;
      progress.advance();
    });
  } catch (const NotLocal&) {
    reader_.stop();
    return false;
  } catch (const Error&) {
    // A row that was written away may be what the projector missed.
    if (!rows_were_needed()) throw;
    reader_.stop();
    return false;
  }
  if (rows_were_needed()) return false;
  write_rows();
  return true;
}

void Rebuild::begin_aggregate(const AggregateId& id, Mode mode) {
  if (mode == Mode::streaming && rows_->bytes() > memory_limit && rows_->local()) write_rows();
  rows_->begin_aggregate(id);
}

void Rebuild::write_rows() {
  rows_->for_each_table([&](const RecordType& table) {
    postgres::CopyWriter writer{writing_, table, target_.view_schema, target_.suffix};
    rows_->for_each_row(table, [&](const void* record) { writer.write(record); });
    writer.complete();
  });
  rows_->clear();
  written_ = true;
}

void Rebuild::empty_tables() {
  for (const Replay& replay : plan_.replays) {
    for (const TableToBuild& table : replay.tables) {
      writing_.execute("truncate " + postgres::quoted_name(target_.view_schema,
                                                           std::string{table.record->table} + target_.suffix));
    }
  }
}

}  // namespace seriatim::migrations
