#include "store/postgres/postgres_snapshots.hpp"

#include <algorithm>

#include "core/aggregate_viewer.hpp"
#include "core/snapshot_json.hpp"
#include "store/postgres/lease.hpp"
#include "store/postgres/literals.hpp"
#include "store/postgres/stream_loader.hpp"

namespace seriatim::postgres {
namespace {

using Fill = std::vector<std::pair<std::string_view, std::string>>;

/// The aggregate types of the registry as SQL arrays of their ids and their snapshots' versions.
struct Policies {
  std::vector<core::TypeIndex> types;
  std::string ids = "'{";
  std::string versions = "'{";

  /// `all`: those without snapshots too, with version 0.
  Policies(const PostgresStore& store, bool all) {
    const auto& aggregates = store.registry().aggregates();
    for (core::TypeIndex i = 0; i < aggregates.size(); ++i) {
      const auto& policy = aggregates[i].type->snapshots;
      if (!policy && !all) continue;
      const char* comma = types.empty() ? "" : ",";
      ids.append(comma).append(std::to_string(store.ids().aggregate(i)));
      versions.append(comma).append(std::to_string(policy ? policy->version : 0));
      types.push_back(i);
    }
    ids += "}'";
    versions += "}'";
  }

  [[nodiscard]] Fill fill() const { return {{"{types}", ids}, {"{versions}", versions}}; }
};

/// Whether it is this aggregate that is in the way, and not the database.
bool concerns_aggregate(const Error& error) {
  return error.code() == ErrorCode::deserialization || error.code() == ErrorCode::serialization ||
         error.code() == ErrorCode::integrity;
}

}  // namespace

SnapshotResult PostgresSnapshots::take(std::int64_t limit, const std::function<void(const SnapshotProgress&)>& progress,
                                       const std::function<bool()>& cancelled) {
  SnapshotResult result;
  const std::int64_t marked = progress ? pending() : 0;
  const std::int64_t expected = limit == 0 ? marked : std::min(limit, marked);
  std::string failed;
  while ((limit == 0 || result.taken < limit) && !(cancelled && cancelled())) {
    const Lease connection{store_.pool()};
    const std::optional<Claim> claimed = claim(*connection, failed);
    if (!claimed) break;
    try {
      take(*connection, *claimed);
      ++result.taken;
      if (progress) progress({result.taken, std::max(expected, result.taken)});
    } catch (const Error& error) {
      if (!concerns_aggregate(error)) throw;
      result.failures.push_back("no snapshot can be taken of aggregate " + uuid_text(claimed->id) + ": " + error.what());
      failed.append(failed.empty() ? "" : ",").append(uuid_text(claimed->id));
    }
  }
  return result;
}

std::int64_t PostgresSnapshots::pending() const {
  const Lease connection{store_.pool()};
  return connection->execute(statement("snapshot_pending", store_.names(), Policies{store_, false}.fill()))[0][0]
      .as<std::int64_t>();
}

std::optional<PostgresSnapshots::Claim> PostgresSnapshots::claim(Connection& connection,
                                                                 const std::string& failed) const {
  const Policies policies{store_, false};
  Fill fill = policies.fill();
  fill.emplace_back("{failed}", "'{" + failed + "}'");
  const pqxx::result rows = connection.execute("begin; " + statement("snapshot_claim", store_.names(), fill));
  if (rows.empty()) return std::nullopt;
  Claim claim{{}, policies.types[rows[0][1].as<std::size_t>() - 1]};
  read_field(rows[0][0], attributes::type_of<Uuid>, &claim.id, "aggregate_id");
  return claim;
}

void PostgresSnapshots::take(Connection& connection, const Claim& claim) {
  core::AggregateViewer viewer{store_.registry(), claim.id, std::nullopt};
  StreamLoader loader{store_, [&](const std::string& sql) { return connection.execute(sql); }};
  if (!loader.load(claim.id, viewer, claim.type)) {
    throw_error<ErrorCode::integrity>("it has no events");
  }
  const AggregateType& type = *store_.registry().aggregates()[claim.type].type;
  const std::string json = core::write_snapshot(*type.state, viewer.current());
  // Valid from the next event on, as in Sequent.
  const Fill fill{{"{id}", literal(connection, claim.id)},
                  {"{version}", std::to_string(type.snapshots->version)},
                  {"{next}", std::to_string(viewer.last() + 1)},
                  {"{type}", literal(connection, std::string{type.name})},
                  {"{json}", literal(connection, json)}};
  connection.execute(statement("snapshot_store", store_.names(), fill) + "; commit", Phase::commit);
}

void PostgresSnapshots::begin_deletion(Connection& connection) const {
  connection.execute("begin; " + statement("snapshot_lock", store_.names()));
}

std::int64_t PostgresSnapshots::delete_all() {
  const Lease connection{store_.pool()};
  begin_deletion(*connection);
  const pqxx::result deleted = connection->execute(statement("snapshot_delete_all", store_.names()));
  connection->execute(statement("snapshot_mark_all", store_.names()) + "; commit", Phase::commit);
  return deleted[0][0].as<std::int64_t>();
}

std::int64_t PostgresSnapshots::delete_unknown() {
  const Lease connection{store_.pool()};
  begin_deletion(*connection);
  const pqxx::result deleted =
      connection->execute(statement("snapshot_delete_unknown", store_.names(), Policies{store_, true}.fill()));
  connection->execute("commit", Phase::commit);
  return deleted[0][0].as<std::int64_t>();
}

}  // namespace seriatim::postgres
