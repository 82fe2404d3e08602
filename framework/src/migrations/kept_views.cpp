#include "migrations/kept_views.hpp"

#include <algorithm>
#include <set>

#include "migrations/projector_table.hpp"
#include "migrations/table_shape.hpp"
#include "seriatim/json.hpp"
#include "seriatim/time.hpp"

namespace seriatim::migrations {
namespace {

using postgres::quoted_name;
using Names = std::set<std::string, std::less<>>;

/// The columns of the table that are lists, as one object.
struct Content {
  std::vector<std::string> tables;
  std::vector<KeptProjector> projectors;
};
BOOST_DESCRIBE_STRUCT(Content, (), (tables, projectors))

Names tables_of(const Plan& plan) {
  Names names;
  for (const Replay& replay : plan.replays) {
    for (const TableToBuild& table : replay.tables) names.emplace(table.record->table);
  }
  return names;
}

Names tables_of(const Domain& domain) {
  Names names;
  for (const ProjectorType& projector : domain.projectors()) {
    for (const RecordType* record : projector.manages) names.emplace(record->table);
  }
  return names;
}

/// Puts together what a switch replaces.
class Replaced {
 public:
  Replaced(const Domain& domain, const Plan& plan) : domain_{domain}, plan_{plan}, built_{tables_of(plan)} {
    result_.version = plan.from;
    result_.live_version = plan.to;
    for (const Alteration& alter : plan.alters) {
      refuse("version " + std::to_string(alter.version) + " alters " + alter.table + " in place (" + alter.table + "_" +
             std::to_string(alter.version) + ".sql), which leaves no table of version " + std::to_string(plan.from));
    }
  }

  void add(const KeptProjector& projector) {
    const ProjectorType* now = find(projector.name);
    Names tables;
    for (const TableFingerprint& table : projector.fingerprint.tables) tables.insert(table.name);
    if (tables.empty() && now != nullptr) {
      for (const RecordType* record : now->manages) tables.emplace(record->table);
    }
    const bool touched = std::any_of(tables.begin(), tables.end(), [&](const auto& t) { return built_.contains(t); });
    if (now != nullptr && !touched && !is_replayed(*now)) return;
    for (const std::string& table : tables) add_table(projector.name, table);
    result_.projectors.push_back(projector);
  }

  KeptViews take(const TableShapes& shapes) {
    for (const std::string& table : built_) tables_.insert(table);
    for (const std::string& table : tables_) {
      if (shapes.contains({domain_.view_schema(), table})) result_.tables.push_back(table);
    }
    return std::move(result_);
  }

  [[nodiscard]] std::vector<TableName> candidates() const {
    std::vector<TableName> names;
    for (const Names* each : {&built_, &tables_}) {
      for (const std::string& table : *each) names.emplace_back(domain_.view_schema(), table);
    }
    return names;
  }

 private:
  void add_table(const std::string& projector, const std::string& table) {
    if (!built_.contains(table) && managed_.contains(table)) {
      refuse("table " + table + " of " + projector + " stays in use in version " + std::to_string(plan_.to));
    } else {
      tables_.insert(table);
    }
  }

  [[nodiscard]] const ProjectorType* find(const std::string& name) const {
    const auto found = std::find_if(domain_.projectors().begin(), domain_.projectors().end(),
                                    [&](const ProjectorType& projector) { return projector.name == name; });
    return found == domain_.projectors().end() ? nullptr : &*found;
  }

  [[nodiscard]] bool is_replayed(const ProjectorType& projector) const {
    return std::any_of(plan_.replays.begin(), plan_.replays.end(),
                       [&](const Replay& replay) { return replay.projector == &projector; });
  }

  void refuse(const std::string& why) {
    if (result_.refusal.empty()) result_.refusal = why;
  }

  const Domain& domain_;
  const Plan& plan_;
  const Names built_;
  const Names managed_ = tables_of(domain_);
  Names tables_;
  KeptViews result_;
};

}  // namespace

KeptViews replaced_by(postgres::Connection& connection, const postgres::SchemaNames& names, const Domain& domain,
                      const Plan& plan) {
  const auto built = BuiltViews{connection, names, domain.view_schema()}.projectors();
  Replaced replaced{domain, plan};
  for (const ProjectorRow& row : ProjectorTable{connection, names, domain}.all()) {
    if (!row.active) continue;
    const auto found = built.find(row.name);
    replaced.add({row.name, *row.active, found == built.end() ? Fingerprint{} : found->second.fingerprint});
  }
  const std::vector<TableName> candidates = replaced.candidates();
  return replaced.take(candidates.empty() ? TableShapes{} : table_shapes(connection, names, candidates));
}

KeptTable::KeptTable(postgres::Connection& connection, const postgres::SchemaNames& names,
                     const std::string& view_schema)
    : connection_{connection},
      view_schema_{view_schema},
      table_{quoted_name(names.store, "kept_views")},
      schema_{connection.quoted(view_schema)} {}

std::vector<KeptViews> KeptTable::all() {
  std::vector<KeptViews> kept;
  const auto rows = connection_.execute(
      "select version, live_version, json_build_object('tables', tables, 'projectors', projectors),"
      " coalesce(refusal, ''), keep_until <= now(),"
      " (extract(epoch from keep_until) * 1000000)::bigint from " +
      table_ + " where view_schema = " + schema_ + " order by version desc");
  for (const auto& row : rows) {
    KeptViews& views = kept.emplace_back();
    views.version = row[0].as<int>();
    views.live_version = row[1].as<int>();
    auto content = from_json<Content>(row[2].c_str());
    views.tables = std::move(content.tables);
    views.projectors = std::move(content.projectors);
    views.refusal = row[3].c_str();
    views.expired = row[4].as<bool>();
    views.until = Timestamp{std::chrono::microseconds{row[5].as<std::int64_t>()}};
  }
  return kept;
}

std::optional<KeptViews> KeptTable::usable(int live_version) {
  for (KeptViews& kept : all()) {
    if (kept.live_version == live_version && !kept.expired) return std::move(kept);
  }
  return std::nullopt;
}

void KeptTable::keep(const KeptViews& replaced, std::chrono::seconds time) {
  connection_.execute("update " + table_ + " set keep_until = least(keep_until, now()) where view_schema = " + schema_);
  connection_.execute(
      "insert into " + table_ + " (view_schema, version, live_version, tables, projectors, keep_until, refusal) values (" +
      schema_ + ", " + std::to_string(replaced.version) + ", " + std::to_string(replaced.live_version) + ", " +
      text_array(connection_, replaced.tables) + ", " + connection_.quoted(to_json(Content{replaced.tables, replaced.projectors})) + "::jsonb -> 'projectors'" +
      ", now() + interval '" + std::to_string(time.count()) + " seconds', " +
      (replaced.refusal.empty() ? "null" : connection_.quoted(replaced.refusal)) +
      ") on conflict (view_schema, version) do update set live_version = excluded.live_version, tables = excluded.tables,"
      " projectors = excluded.projectors, keep_until = excluded.keep_until, refusal = excluded.refusal, kept_at = now()");
}

void KeptTable::forget(int version) {
  connection_.execute("delete from " + table_ + " where view_schema = " + schema_ +
                      " and version = " + std::to_string(version));
}

std::vector<KeptVersion> KeptTable::drop(VersionTable& versions, bool also_unexpired) {
  std::vector<KeptVersion> dropped;
  for (const KeptViews& kept : all()) {
    if (!kept.expired && !also_unexpired) continue;
    connection_.execute("begin");
    // Whoever replays into the tables holds the horizon, and finds none afterwards.
    (void)versions.hold_horizon(kept.version);
    versions.set_horizon(kept.version, std::nullopt);
    for (const std::string& table : kept.tables) {
      connection_.execute("drop table if exists " + quoted_name(view_schema_, archived(table, kept.version)));
    }
    forget(kept.version);
    connection_.execute("commit", postgres::Phase::commit);
    dropped.push_back(described(kept));
  }
  return dropped;
}

KeptVersion described(const KeptViews& kept) {
  KeptVersion version;
  version.version = kept.version;
  for (const std::string& table : kept.tables) version.tables.push_back(archived(table, kept.version));
  version.until = kept.until;
  version.expired = kept.expired;
  version.refusal = kept.refusal;
  return version;
}

}  // namespace seriatim::migrations
