#include "migrations/rehearsal.hpp"

#include "migrations/attended.hpp"
#include "migrations/migration_run.hpp"

namespace seriatim::migrations {

MigrationRehearsal rehearse(const std::string& url, const postgres::PostgresStore& store, const Plan& plan,
                            const ReplaySettings& settings, Progress& progress) {
  MigrationRehearsal result{plan.from, plan.to};
  attended(progress, [&](Crew& crew) {
    postgres::Connection reading{url};
    const Crew::Cancellable cancellable{crew, reading};
    reading.execute(long_session);
    reading.execute("begin isolation level repeatable read read only");
    const ReplayRange range{0, horizon(reading)};
    for (const Replay& replay : plan.replays) {
      const Plan alone{plan.from, plan.to, {replay}, {}};
      const auto start = std::chrono::steady_clock::now();
      const RebuildTarget nowhere{"", "", true};
      const std::int64_t events = Rebuild{reading, url, store, alone, nowhere, settings}.run(range, progress);
      const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
      result.replays.push_back({std::string{replay.projector->name}, events, elapsed.count()});
    }
  });
  return result;
}

}  // namespace seriatim::migrations
