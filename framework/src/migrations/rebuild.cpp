#include "migrations/rebuild.hpp"

#include <algorithm>
#include <thread>

#include "migrations/migration_run.hpp"
#include "store/postgres/copy_reader.hpp"
#include "store/postgres/copy_writer.hpp"
#include "store/postgres/sql_statements.hpp"

namespace seriatim::migrations {
namespace {

constexpr std::size_t most_workers_by_default = 4;
constexpr int most_workers = 64;

/// Workers look now and then, not with each event, whether they should stop, and count.
constexpr std::int64_t events_a_look = 512;

constexpr const char* unique_violation = "23505";

/// The rows are not needed when the server crashes before the migration's own last commit, which waits for the disk.
constexpr const char* writer_settings = "set synchronous_commit = off";

std::string begin_with_snapshot(const std::string& snapshot) {
  return "begin isolation level repeatable read read only; set transaction snapshot '" + snapshot +
         "'; set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0; " + reading_settings;
}

}  // namespace

std::size_t workers_of(const ReplaySettings& settings) {
  if (settings.workers < 0 || settings.workers > most_workers || settings.events_a_group < 1) {
    throw_error<ErrorCode::usage>("a replay cannot be divided into groups of " +
                                  std::to_string(settings.events_a_group) + " events for " +
                                  std::to_string(settings.workers) + " workers: take 1 to " +
                                  std::to_string(most_workers) + " workers and at least 1 event a group");
  }
  if (settings.workers != 0) return static_cast<std::size_t>(settings.workers);
  return std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, most_workers_by_default);
}

/// What one thread needs: connections, projectors' decoder and rows of its own.
class Rebuild::Worker {
 public:
  Worker(Rebuild& rebuild, std::size_t number, Crew& crew, Progress& progress)
      : rebuild_{rebuild},
        number_{number},
        crew_{crew},
        progress_{progress},
        reading_{rebuild.url_},
        writing_{rebuild.url_},
        cancel_reading_{crew, reading_},
        cancel_writing_{crew, writing_} {
    writing_.execute(long_session);
    writing_.execute(writer_settings);
    reading_.execute(begin_with_snapshot(rebuild.snapshot_));
  }

  void replay(const Task& task) {
    if (task.ordering == Ordering::global) return replay_in_commit_order(task);
    if (local_ == nullptr) local_ = std::make_unique<Local>(*this);
    read(task, [&](const ReplayEvent& event) { take(*local_, event); });
    write(local_->rows);
    look();
  }

 private:
  struct Local {
    explicit Local(Worker& worker)
        : projection{worker.rebuild_.store_.registry(), worker.rebuild_.local_.projectors},
          rows{&worker.rebuild_.locality_} {}
    Projection projection;
    views::ReplayPersistor rows;
    AggregateId current{};
  };

  template <class Visit>
  void read(const Task& task, const Visit& visit) {
    EventRows events{rebuild_.store_, rebuild_.cuts_};
    reading_.read(task.query, [&](std::string_view row) {
      if (const ReplayEvent* event = events.event_of(row)) visit(*event);
    });
  }

  void replay_in_commit_order(const Task& task) {
    Projection projection{rebuild_.store_.registry(), rebuild_.global_.projectors};
    views::ReplayPersistor rows;
    read(task, [&](const ReplayEvent& event) {
      projection.project(event, rows, [](const ProjectorType&, const ReplayEvent&) {});
      count();
    });
    write(rows);
    look();
  }

  void take(Local& local, const ReplayEvent& event) {
    if (event.header.aggregate_id != local.current) {
      local.current = event.header.aggregate_id;
      if (local.rows.bytes() > rebuild_.settings_.bytes_a_worker) write(local.rows);
      local.rows.begin_aggregate(local.current);
    }
    try {
      local.projection.project(event, local.rows, [](const ProjectorType&, const ReplayEvent&) {});
    } catch (const Error& error) {
      // A row that another worker has, or that comes later, may be what the projector missed.
      if (!local.rows.local()) refuse(local.rows, event);
      if (error.code() != ErrorCode::publish) throw;
      throw_error<ErrorCode::publish>(std::string{error.what()} +
                                      " (if that depends on events of other aggregates, declare `static constexpr "
                                      "seriatim::Ordering ordering = seriatim::Ordering::global;` in the projector)");
    }
    if (!local.rows.local()) refuse(local.rows, event);
    count();
  }

  void count() {
    if (++uncounted_ == events_a_look) look();
  }

  void look() {
    /// Another worker's failure is the one that is told.
    struct Stopped : std::exception {};

    progress_.add(number_, uncounted_);
    rebuild_.events_ += uncounted_;
    uncounted_ = 0;
    if (crew_.stopping()) throw Stopped{};
  }

  [[nodiscard]] const ProjectorType& manager_of(std::string_view table) const {
    for (const ProjectorType* projector : rebuild_.local_.projectors) {
      for (const RecordType* record : projector->manages) {
        if (record->table == table) return *projector;
      }
    }
    return *rebuild_.local_.projectors.front();  // Not reached: a projector touches no table of others.
  }

  [[noreturn]] void refuse(const views::ReplayPersistor& rows, const ReplayEvent& event) const {
    const std::string table{rows.table_not_local()};
    const std::string projector{manager_of(table).name};
    throw_error<ErrorCode::migration>(
        "projector " + projector + " reads or writes rows of table " + table +
        " that depend on several aggregates (seen at event " + std::to_string(event.header.sequence_number) +
        " of aggregate " + uuid_text(event.header.aggregate_id) + ", " +
        std::string{event.type_name} +
        "), so aggregates cannot be replayed one by one: declare `static constexpr seriatim::Ordering ordering = "
        "seriatim::Ordering::global;` in " +
        projector + ", or name the event's own aggregate in the rows and in every condition on them");
  }

  void write(views::ReplayPersistor& rows) {
    rows.for_each_table([&](const RecordType& table) {
      if (rebuild_.target_.discard || rows.rows_of(table) == 0) return;
      try {
        postgres::CopyWriter writer{writing_, table, rebuild_.target_.view_schema, rebuild_.target_.suffix};
        rows.for_each_row(table, [&](const void* record) { writer.write(record); });
        writer.complete();
      } catch (const postgres::DatabaseError& error) {
        explain_collision(error, std::string{table.table});
        throw;
      }
    });
    rows.clear();
  }

  Rebuild& rebuild_;
  std::size_t number_;
  Crew& crew_;
  Progress& progress_;
  postgres::CopyReader reading_;
  postgres::Connection writing_;
  Crew::Cancellable cancel_reading_;
  Crew::Cancellable cancel_writing_;
  std::unique_ptr<Local> local_;  ///< Kept from group to group, for its memory.
  std::int64_t uncounted_ = 0;
};

void explain_collision(const postgres::DatabaseError& error, const std::string& table) {
  if (error.sqlstate() != unique_violation) return;
  throw_error<ErrorCode::migration>(
      "the rows that were replayed into table " + table + " do not fit its unique index (" + error.what() +
      "): if events of several aggregates make the same row, declare `static constexpr seriatim::Ordering ordering = "
      "seriatim::Ordering::global;` in its projector and use create_or_update, or else correct the index");
}

Rebuild::Rebuild(postgres::Connection& reading, const std::string& url, const postgres::PostgresStore& store,
                 const Plan& plan, RebuildTarget target, const ReplaySettings& settings)
    : reading_{reading},
      url_{url},
      store_{store},
      plan_{plan},
      target_{std::move(target)},
      settings_{settings},
      local_{part_of(Ordering::per_aggregate)},
      global_{part_of(Ordering::global)} {}

Rebuild::Part Rebuild::part_of(Ordering ordering) const {
  Part part;
  for (const Replay& replay : plan_.replays) {
    // Without tables there is nothing to rebuild.
    if (replay.projector->ordering == ordering && !replay.tables.empty()) part.projectors.push_back(replay.projector);
  }
  part.types = Projection{store_.registry(), part.projectors}.types();
  return part;
}

void Rebuild::prepare(const ReplayRange& range) {
  range_ = range;
  snapshot_ = reading_.execute("select pg_export_snapshot()")[0][0].c_str();
  tasks_.clear();
  expected_ = 0;
  taken_ = 0;
  events_ = 0;
  cuts_ = EventReader{reading_, store_, {}}.cuts(range);
  // What takes longest is begun first.
  if (!global_.types.empty()) {
    EventReader reader{reading_, store_, global_.types};
    expected_ += reader.divide(range, settings_, 1).events;
    tasks_.push_back({Ordering::global, reader.query_in_commit_order(range)});
  }
  if (!local_.types.empty()) divide_streams();
}

void Rebuild::divide_streams() {
  EventReader reader{reading_, store_, local_.types};
  const StreamGroups groups = reader.divide(range_, settings_, workers_of(settings_));
  expected_ += groups.events;
  for (const StreamGroup& group : groups.groups) {
    tasks_.push_back({Ordering::per_aggregate, reader.query(range_, group)});
  }
}

std::int64_t Rebuild::run(const ReplayRange& range, Progress& progress) {
  prepare(range);
  if (tasks_.empty()) return 0;
  const std::size_t workers = std::min(workers_of(settings_), tasks_.size());
  progress.begin("replaying", expected_, workers);
  Crew crew{[&] { progress.check(); }};
  crew.run(workers, [&](std::size_t number) { work(number, crew, progress); });
  progress.end();
  return events_;
}

const Rebuild::Task* Rebuild::next_task() {
  const std::size_t next = taken_++;
  return next < tasks_.size() ? &tasks_[next] : nullptr;
}

void Rebuild::work(std::size_t number, Crew& crew, Progress& progress) {
  Worker worker{*this, number, crew, progress};
  while (const Task* task = next_task()) worker.replay(*task);
}

}  // namespace seriatim::migrations
