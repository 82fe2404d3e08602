#include "migrations/way_back.hpp"

#include <algorithm>

#include "migrations/projector_table.hpp"
#include "migrations/table_shape.hpp"
#include "views/active_views.hpp"

namespace seriatim::migrations {
namespace {

using postgres::quoted_name;

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Checks a way back, and collects what is wrong with it.
class Check {
 public:
  Check(postgres::Connection& connection, const postgres::PostgresStore& store, const Domain& domain, WayBack& way)
      : connection_{connection}, store_{store}, domain_{domain}, way_{way} {}

  void run() {
    for (const KeptProjector& kept : way_.kept.projectors) compare(kept);
    const std::vector<ProjectorRow> states = ProjectorTable{connection_, store_.names(), domain_}.all();
    for (const ProjectorType& projector : domain_.projectors()) add(projector, states);
    for (const std::string& table : way_.kept.tables) {
      if (!contains(filled_, table)) problem("no projector of this plugin keeps table " + table);
    }
    compare_tables();
    refuse();
  }

 private:
  void compare(const KeptProjector& kept) {
    const auto found = std::find_if(domain_.projectors().begin(), domain_.projectors().end(),
                                    [&](const ProjectorType& projector) { return projector.name == kept.name; });
    if (found == domain_.projectors().end()) return problem("this plugin has no projector " + kept.name);
    returning_.push_back(kept.name);
    const int version = views::installed_version(domain_, *found, way_.kept.version);
    if (version != kept.version) {
      problem("the kept tables of " + kept.name + " are of version " + std::to_string(kept.version) +
              ", and this plugin has version " + std::to_string(version));
    } else if (!kept.fingerprint.tables.empty()) {
      for (const std::string& change : record_changes(kept.fingerprint, fingerprint_of(*found))) {
        problem("the records of " + kept.name + " are not those of the kept tables: " + change);
      }
    }
  }

  void add(const ProjectorType& projector, const std::vector<ProjectorRow>& states) {
    const int version = views::installed_version(domain_, projector, way_.kept.version);
    if (version == 0) return;
    const std::string name{projector.name};
    const bool returns = contains(returning_, name);
    if (returns) way_.plan.replays.push_back({&projector, version, {}});
    const auto state =
        std::find_if(states.begin(), states.end(), [&](const ProjectorRow& row) { return row.name == name; });
    if (!returns && state != states.end() && state->active != version) {
      problem("projector " + name + " has not written its tables since: it is not active at version " +
              std::to_string(version));
    }
    for (const RecordType* record : projector.manages) {
      const std::string table{record->table};
      const bool kept = returns && contains(way_.kept.tables, table);
      if (returns && !kept) problem("table " + table + " of " + name + " is not among the kept ones");
      if (kept) filled_.push_back(table);
      if (kept) way_.plan.replays.back().tables.push_back({record, {}, {}, {}});
      records_.push_back(record);
      names_.emplace_back(domain_.view_schema(), kept ? archived(table, way_.kept.version) : table);
    }
  }

  void compare_tables() {
    if (names_.empty()) return;
    const TableShapes shapes = table_shapes(connection_, store_.names(), names_);
    for (std::size_t i = 0; i < names_.size(); ++i) {
      for (const std::string& text : misfits(*records_[i], names_[i], shapes)) problem(text);
    }
  }

  void problem(const std::string& text) {
    problems_.append(problems_.empty() ? "" : "; ").append(text);
  }

  void refuse() const {
    if (problems_.empty()) return;
    throw_error<ErrorCode::migration>("the views of " + domain_.name() + " cannot go back to version " +
                                      std::to_string(way_.kept.version) + " with this plugin: " + problems_ +
                                      ": use the plugin that was live before, or go forward to a version that rebuilds "
                                      "what you want back");
  }

  postgres::Connection& connection_;
  const postgres::PostgresStore& store_;
  const Domain& domain_;
  WayBack& way_;
  std::vector<std::string> returning_;  ///< Projectors.
  std::vector<std::string> filled_;     ///< Tables.
  std::vector<const RecordType*> records_;
  std::vector<TableName> names_;  ///< Where these records are now.
  std::string problems_;
};

KeptViews kept_for(const Domain& domain, std::optional<KeptViews> kept, int live_version) {
  const std::string views = "the views of " + domain.name() + " are at version " + std::to_string(live_version);
  const int latest = domain.versions().latest();
  if (!kept) {
    throw_error<ErrorCode::migration>(views + ", and no version before it is kept: go forward to a version that rebuilds "
                                              "what you want back");
  }
  if (!kept->refusal.empty()) {
    throw_error<ErrorCode::migration>(views + ", and version " + std::to_string(kept->version) +
                                      " cannot come back, because " + kept->refusal +
                                      ": go forward to a version that rebuilds what you want back");
  }
  if (kept->version != latest) {
    throw_error<ErrorCode::migration>(views + " and version " + std::to_string(kept->version) +
                                      " is kept, but this plugin's newest version is " + std::to_string(latest) +
                                      ": use the plugin whose newest version is " + std::to_string(kept->version));
  }
  return *std::move(kept);
}

}  // namespace

WayBack way_back(postgres::Connection& connection, const postgres::PostgresStore& store, const Domain& domain,
                 int live_version) {
  WayBack way;
  way.kept = kept_for(domain, KeptTable{connection, store.names(), domain.view_schema()}.usable(live_version),
                      live_version);
  way.plan.from = live_version;
  way.plan.to = way.kept.version;
  Check{connection, store, domain, way}.run();
  return way;
}

void go_back(MigrationRun& run, const postgres::PostgresStore& store, const Domain& domain, const WayBack& way) {
  const std::string& schema = domain.view_schema();
  const TransactionId horizon = horizon_of_live_tables(run.connection);
  std::string sql;
  const auto rename = [&](const std::string& from, const std::string& to) {
    sql += "alter table " + quoted_name(schema, from) + " rename to " + quoted_name(to) + ";";
  };
  for (const std::string& table : run.versions.tables_of(way.plan.from)) rename(table, archived(table, way.plan.from));
  for (const std::string& table : way.kept.tables) rename(archived(table, way.plan.to), table);
  if (!sql.empty()) run.connection.execute(sql);
  run.versions.go_back(way.plan.to);
  run.versions.set_horizon(way.plan.from, horizon);
  std::vector<std::string> returning;
  BuiltViews built{run.connection, store.names(), schema};
  for (const Replay& replay : way.plan.replays) {
    built.note(*replay.projector, replay.version);
    returning.emplace_back(replay.projector->name);
  }
  ProjectorTable{run.connection, store.names(), domain}.switched_back(
      returning, run.versions.projectors_of(way.plan.from), way.plan.to);
  KeptTable{run.connection, store.names(), schema}.forget(way.plan.to);
}

}  // namespace seriatim::migrations
