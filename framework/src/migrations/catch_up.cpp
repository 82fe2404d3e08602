#include "migrations/catch_up.hpp"

#include "store/postgres/live_persistor.hpp"
#include "store/postgres/sql_statements.hpp"

namespace seriatim::migrations {
namespace {

constexpr std::int64_t events_a_message = 200;

/// Those without tables are left out: there is nothing of theirs to bring up to date.
std::vector<const ProjectorType*> projectors_of(const Plan& plan) {
  std::vector<const ProjectorType*> projectors;
  for (const auto& replay : plan.replays) {
    if (!replay.tables.empty()) projectors.push_back(replay.projector);
  }
  return projectors;
}

}  // namespace

CatchUp::CatchUp(postgres::Connection& connection, const postgres::PostgresStore& store, const Plan& plan,
                 RebuildTarget target)
    : connection_{connection},
      raise_{postgres::quoted_name(store.names().store, "raise")},
      target_{std::move(target)},
      registry_{store.registry()},
      projection_{store.registry(), projectors_of(plan)},
      reader_{connection, store, projection_.types()} {}

std::int64_t CatchUp::run(const ReplayRange& range, Progress& progress) {
  if (projection_.types().empty()) return 0;
  postgres::Batch batch{connection_};
  postgres::LivePersistor persistor{batch, target_.view_schema, target_.suffix, raise_};
  persistor.refuse_statements();
  std::int64_t events = 0;
  const auto apply = [&](const ReplayEvent& event) {
    projection_.project(event, persistor, [&](const ProjectorType& projector, const ReplayEvent& e) {
      const std::string type{registry_.events()[e.type].type.name};
      persistor.attribute_to({postgres::Origin::Kind::projector, std::string{projector.name}, type, e.header, false});
    });
    if (++events % events_a_message == 0) batch.flush();
    progress.advance();
  };
  // The order of commits is also one of the streams, so one pass does for all projectors; and in it they ran live, so
  // that one whose rows depend on several aggregates, and that does not say so, leaves the same rows as there.
  reader_.read_in_commit_order(range, apply);
  batch.flush();
  return events;
}

}  // namespace seriatim::migrations
