#include "migrations/postgres_projectors.hpp"

#include <algorithm>

#include "migrations/fingerprint.hpp"
#include "migrations/view_switch.hpp"
#include "views/active_views.hpp"

namespace seriatim::migrations {
namespace {

/// Where a domain's views are. One that has no projectors any more does not know that: the states do.
std::vector<std::string> view_schemas(postgres::Connection& connection, const postgres::SchemaNames& names,
                                      const Domain& domain) {
  if (!domain.projectors().empty()) return {domain.view_schema()};
  std::vector<std::string> schemas;
  for (const auto& row : connection.execute("select distinct view_schema from " +
                                            postgres::quoted_name(names.store, "projector_states") + " where domain = " +
                                            connection.quoted(domain.name()) + " order by 1")) {
    schemas.emplace_back(row[0].c_str());
  }
  return schemas;
}

std::vector<std::string> tables_of(const ProjectorType& projector) {
  std::vector<std::string> tables;
  for (const RecordType* record : projector.manages) tables.emplace_back(record->table);
  return tables;
}

/// The states in one view schema.
class SchemaStates {
 public:
  SchemaStates(postgres::Connection& connection, const postgres::SchemaNames& names, const Domain& domain,
               const std::string& view_schema)
      : domain_{domain}, view_schema_{view_schema} {
    Domain there{domain.name()};
    there.view_schema(view_schema);
    for (const ProjectorRow& row : ProjectorTable{connection, names, there}.all()) {
      states_.push_back({domain.name(), view_schema, row.name, row.active, row.activating, row.replaying, {}, {}});
    }
    for (const ProjectorType& projector : domain.projectors()) add(projector);
    const auto built = BuiltViews{connection, names, view_schema}.projectors();
    for (ProjectorState& state : states_) {
      const auto found = built.find(state.name);
      if (found == built.end() || state.here) continue;
      for (const TableFingerprint& table : found->second.fingerprint.tables) state.tables.push_back(table.name);
    }
    std::sort(states_.begin(), states_.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  }

  [[nodiscard]] std::vector<ProjectorState> take() { return std::move(states_); }

 private:
  void add(const ProjectorType& projector) {
    auto state = std::find_if(states_.begin(), states_.end(),
                              [&](const ProjectorState& s) { return s.name == projector.name; });
    if (state == states_.end()) {
      states_.push_back({domain_.name(), view_schema_, std::string{projector.name}, {}, {}, {}, {}, {}});
      state = states_.end() - 1;
    }
    state->here = views::installed_version(domain_, projector, domain_.versions().latest());
    state->tables = tables_of(projector);
  }

  const Domain& domain_;
  const std::string& view_schema_;
  std::vector<ProjectorState> states_;
};

void require_absent(const core::Registry& registry, std::string_view name) {
  for (const core::RegisteredProjector& projector : registry.projectors()) {
    if (projector.type->name != name) continue;
    throw_error<ErrorCode::usage>("domain " + registry.domains()[projector.domain].name() + " still has projector " +
                                  std::string{name} +
                                  ", which would be refused from then on: load the plugin that no longer has it");
  }
}

}  // namespace

std::vector<ProjectorState> PostgresProjectors::states() {
  postgres::Connection connection{url_};
  std::vector<ProjectorState> states;
  for (const Domain& domain : store_.registry().domains()) {
    for (const std::string& schema : view_schemas(connection, store_.names(), domain)) {
      for (ProjectorState& state : SchemaStates{connection, store_.names(), domain, schema}.take()) {
        states.push_back(std::move(state));
      }
    }
  }
  return states;
}

bool PostgresProjectors::deactivate(std::string_view name, std::string_view domain) {
  require_absent(store_.registry(), name);
  std::vector<ProjectorState> found = states();
  std::erase_if(found, [&](const ProjectorState& state) {
    return state.name != name || (!domain.empty() && state.domain != domain);
  });
  if (found.empty()) {
    throw_error<ErrorCode::usage>("the database knows no projector \"" + std::string{name} + "\" of " +
                                  (domain.empty() ? "the loaded domains" : "domain " + std::string{domain}) +
                                  ": see `seriatim projectors status`, or load the plugin of its domain");
  }
  if (found.size() > 1) {
    throw_error<ErrorCode::usage>("domains " + found[0].domain + " and " + found[1].domain + " both have a projector \"" +
                                  std::string{name} + "\": say which is meant with --domain");
  }
  Domain there{found[0].domain};
  there.view_schema(found[0].view_schema);
  MigrationRun run{url_, there};
  ProjectorTable table{run.connection, store_.names(), there};
  const auto rows = table.all();
  const bool active = std::any_of(rows.begin(), rows.end(),
                                  [&](const ProjectorRow& row) { return row.name == name && row.active.has_value(); });
  if (!active) return false;
  Progress progress{{}, {}};
  const LockOut lock_out{{}, ReplaySettings{}.patience, "told that projector " + std::string{name} + " is no longer active",
                         "seriatim projectors deactivate " + std::string{name}};
  const SwitchSteps steps{.change = [&] {
    table.deactivate(std::string{name});
    run.versions.renew_marker();
  }};
  lock_writers_out(run, store_.names(), there, progress, lock_out, steps);
  return true;
}

}  // namespace seriatim::migrations
