#include "migrations/impact.hpp"

#include <algorithm>
#include <set>

#include "migrations/fingerprint.hpp"

namespace seriatim::migrations {
namespace {

using attributes::Kind;
using postgres::quoted_name;

/// A row's header and its place in the page, and an entry of an index on a UUID.
constexpr std::int64_t bytes_per_row = 28 + 40;

/// What a value of the type takes on disk, about.
std::int64_t width_of(const attributes::Type& type) {
  switch (type.kind) {
    case Kind::boolean:
      return 1;
    case Kind::int32:
    case Kind::date:
      return 4;
    case Kind::int64:
    case Kind::floating:
    case Kind::timestamp:
    case Kind::decimal:
      return 8;
    case Kind::uuid:
      return 16;
    case Kind::optional:
      return width_of(*type.element);
    case Kind::string:
    case Kind::enumeration:
      return 24;
    case Kind::secret:
    case Kind::list:
    case Kind::object:
      break;
  }
  return 64;
}

std::int64_t width_of(const RecordType& record) {
  std::int64_t width = bytes_per_row;
  for (const attributes::Member& column : record.columns()) width += width_of(*column.type);
  return width;
}

class Impact {
 public:
  Impact(postgres::Connection& connection, const postgres::PostgresStore& store, const Domain& domain, const Plan& plan)
      : connection_{connection},
        store_{store},
        domain_{domain},
        plan_{plan},
        built_{connection, store.names(), domain.view_schema()} {}

  MigrationImpact find() {
    const auto built = built_.projectors();
    refuse_unplanned(built);
    MigrationImpact impact;
    for (const ProjectorType& projector : domain_.projectors()) add_change(projector, built, impact);
    std::set<std::string> all;
    for (const Replay& replay : plan_.replays) add_replay(replay, all, impact);
    impact.events = count(all);
    if (const auto rate = built_.rate(); rate && rate->seconds > 0) {
      impact.rate = static_cast<std::int64_t>(static_cast<double>(rate->events) / rate->seconds);
      impact.seconds = static_cast<double>(impact.events) * rate->seconds / static_cast<double>(rate->events);
    }
    return impact;
  }

 private:
  void refuse_unplanned(const std::map<std::string, BuiltProjector>& built) const {
    const auto changes = unplanned_changes(domain_, plan_.from, built);
    if (changes.empty()) return;
    std::string message;
    for (const std::string& change : changes) message.append(message.empty() ? "" : "; ").append(change);
    throw_error<ErrorCode::migration>(message);
  }

  void add_change(const ProjectorType& projector, const std::map<std::string, BuiltProjector>& built,
                  MigrationImpact& impact) const {
    const auto before = built.find(std::string{projector.name});
    if (before == built.end()) return;
    const Fingerprint now = fingerprint_of(projector);
    ProjectorChange change{std::string{projector.name}, record_changes(before->second.fingerprint, now), false};
    for (std::string& text : event_changes(before->second.fingerprint, now)) change.changes.push_back(std::move(text));
    if (change.changes.empty()) return;
    change.planned = is_planned(projector);
    impact.changed.push_back(std::move(change));
  }

  [[nodiscard]] bool is_planned(const ProjectorType& projector) const {
    const auto manages = [&](const std::string& table) {
      return std::any_of(projector.manages.begin(), projector.manages.end(),
                         [&](const RecordType* record) { return record->table == table; });
    };
    return std::any_of(plan_.replays.begin(), plan_.replays.end(),
                       [&](const Replay& replay) { return replay.projector == &projector; }) ||
           std::any_of(plan_.alters.begin(), plan_.alters.end(),
                       [&](const Alteration& alter) { return manages(alter.table); });
  }

  void add_replay(const Replay& replay, std::set<std::string>& all, MigrationImpact& impact) {
    std::vector<core::TypeIndex> types;
    for (const ProjectorHandler& handler : replay.projector->handlers) {
      types.push_back(store_.registry().event(handler.event.name));
    }
    std::set<std::string> ids;
    for (const int id : store_.ids().stored_as(types)) ids.insert(std::to_string(id));
    all.insert(ids.begin(), ids.end());
    ReplayImpact part{std::string{replay.projector->name}, replay.version, count(ids), 0, true};
    for (const TableToBuild& table : replay.tables) part.bytes += bytes_of(*table.record, part);
    impact.bytes += part.bytes;
    impact.replays.push_back(std::move(part));
  }

  std::int64_t count(const std::set<std::string>& type_ids) {
    if (type_ids.empty()) return 0;
    std::string list;
    for (const std::string& id : type_ids) list.append(list.empty() ? "" : ", ").append(id);
    return connection_
        .execute("select count(*) from " + quoted_name(store_.names().store, "events") + " where event_type_id in (" +
                 list + ")")[0][0]
        .as<std::int64_t>();
  }

  std::int64_t bytes_of(const RecordType& record, ReplayImpact& part) {
    const std::string table = quoted_name(domain_.view_schema(), record.table);
    const auto size =
        connection_.execute("select pg_total_relation_size(to_regclass(" + connection_.quoted(table) + "))");
    if (!size[0][0].is_null()) return size[0][0].as<std::int64_t>();
    part.from_live_tables = false;
    return part.events * width_of(record);
  }

  postgres::Connection& connection_;
  const postgres::PostgresStore& store_;
  const Domain& domain_;
  const Plan& plan_;
  BuiltViews built_;
};

}  // namespace

MigrationImpact impact_of(postgres::Connection& connection, const postgres::PostgresStore& store, const Domain& domain,
                          const Plan& plan) {
  return Impact{connection, store, domain, plan}.find();
}

}  // namespace seriatim::migrations
