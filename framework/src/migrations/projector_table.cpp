#include "migrations/projector_table.hpp"

#include <algorithm>

#include "migrations/table_shape.hpp"
#include "migrations/version_table.hpp"
#include "views/active_views.hpp"

namespace seriatim::migrations {
namespace {

std::optional<int> number(const pqxx::field& field) {
  if (field.is_null()) return std::nullopt;
  return field.as<int>();
}

bool alters(const Plan& plan, const ProjectorType& projector) {
  return std::any_of(plan.alters.begin(), plan.alters.end(), [&](const Alteration& alter) {
    return std::any_of(projector.manages.begin(), projector.manages.end(),
                       [&](const RecordType* record) { return record->table == alter.table; });
  });
}

bool replays(const Plan& plan, const ProjectorType& projector) {
  return std::any_of(plan.replays.begin(), plan.replays.end(),
                     [&](const Replay& replay) { return replay.projector == &projector; });
}

}  // namespace

ProjectorTable::ProjectorTable(postgres::Connection& connection, const postgres::SchemaNames& names,
                               const Domain& domain)
    : connection_{connection},
      domain_{domain},
      table_{postgres::quoted_name(names.store, "projector_states")},
      schema_{connection.quoted(domain.view_schema())} {}

std::vector<ProjectorRow> ProjectorTable::all() {
  std::vector<ProjectorRow> rows;
  for (const auto& row : connection_.execute("select projector, active_version, activating_version, replaying_version from " +
                                             table_ + " where projector is not null and view_schema = " + schema_ +
                                             " order by projector collate \"C\"")) {
    rows.push_back({row[0].c_str(), number(row[1]), number(row[2]), number(row[3])});
  }
  return rows;
}

bool ProjectorTable::has_tables(const ProjectorType& projector) {
  std::vector<std::string> tables;
  for (const RecordType* record : projector.manages) {
    tables.push_back(postgres::quoted_name(domain_.view_schema(), record->table));
  }
  if (tables.empty()) return true;
  return connection_.execute("select bool_and(to_regclass(t) is not null) from unnest(" +
                             text_array(connection_, tables) + ") t")[0][0]
      .as<bool>();
}

void ProjectorTable::add_missing(int live_version) {
  const std::string domain = connection_.quoted(domain_.name());
  connection_.execute("update " + table_ + " set domain = " + domain + " where view_schema = " + schema_ +
                      " and domain is distinct from " + domain);
  const std::vector<ProjectorRow> there = all();
  for (const ProjectorType& projector : domain_.projectors()) {
    const std::string name{projector.name};
    if (std::any_of(there.begin(), there.end(), [&](const ProjectorRow& row) { return row.name == name; })) continue;
    const int built = views::installed_version(domain_, projector, live_version);
    const bool active = built != 0 && has_tables(projector);
    connection_.execute("insert into " + table_ + " (name, view_schema, projector, domain, active_version) values (" +
                        connection_.quoted(domain_.view_schema() + "." + name) + ", " + schema_ + ", " +
                        connection_.quoted(name) + ", " + domain + ", " + (active ? std::to_string(built) : "null") +
                        ") on conflict (name) do nothing");
  }
}

std::string ProjectorTable::where(const std::vector<std::string>& names) const {
  return " where view_schema = " + schema_ + " and projector = any(" + text_array(connection_, names) + ")";
}

void ProjectorTable::set(const char* column, const ProjectorType& projector, int version) {
  connection_.execute("update " + table_ + " set " + column + " = " + std::to_string(version) + ", updated_at = now()" +
                      where({std::string{projector.name}}));
}

void ProjectorTable::idle() {
  connection_.execute("update " + table_ + " set replaying_version = null, activating_version = null, updated_at = now()"
                      " where view_schema = " + schema_ +
                      " and (replaying_version is not null or activating_version is not null)");
}

void ProjectorTable::replaying(const Plan& plan) {
  idle();
  for (const Replay& replay : plan.replays) {
    set("replaying_version", *replay.projector, views::installed_version(domain_, *replay.projector, plan.to));
  }
}

void ProjectorTable::activating(const Plan& plan) {
  idle();
  for (const ProjectorType& projector : domain_.projectors()) {
    if (!replays(plan, projector) && !alters(plan, projector)) continue;
    set("activating_version", projector, views::installed_version(domain_, projector, plan.to));
  }
}

void ProjectorTable::switched(const Plan& plan) {
  idle();
  std::vector<std::string> known;
  for (const ProjectorType& projector : domain_.projectors()) {
    known.emplace_back(projector.name);
    const int version = views::installed_version(domain_, projector, plan.to);
    if (version > plan.from) set("active_version", projector, version);
  }
  connection_.execute("update " + table_ + " set active_version = null, updated_at = now() where view_schema = " +
                      schema_ + " and active_version is not null and projector <> all(" +
                      text_array(connection_, known) + ")");
}

void ProjectorTable::switched_back(const std::vector<std::string>& returning, const std::vector<std::string>& leaving,
                                   int version) {
  idle();
  connection_.execute("update " + table_ + " set replaying_version = active_version, active_version = null,"
                      " updated_at = now()" + where(leaving));
  for (const ProjectorType& projector : domain_.projectors()) {
    if (std::find(returning.begin(), returning.end(), projector.name) == returning.end()) continue;
    set("active_version", projector, views::installed_version(domain_, projector, version));
  }
}

void note_projectors(postgres::Connection& connection, const postgres::SchemaNames& names, const Domain& domain) {
  if (domain.projectors().empty()) return;
  VersionTable versions{connection, domain.view_schema()};
  try {
    connection.execute("begin");
    versions.keep_current();
    ProjectorTable{connection, names, domain}.add_missing(versions.current());
    connection.execute("commit", postgres::Phase::commit);
  } catch (const Error&) {
    if (connection.usable()) connection.execute("rollback");
    throw;
  }
}

void ProjectorTable::deactivate(const std::string& name) {
  connection_.execute("update " + table_ + " set active_version = null, updated_at = now()" + where({name}));
}

}  // namespace seriatim::migrations
