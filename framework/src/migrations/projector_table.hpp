#pragma once
// The states of a domain's projectors in the table projector_states of the event store.

#include <optional>
#include <string>
#include <vector>

#include "migrations/planner.hpp"
#include "store/postgres/connection.hpp"
#include "store/postgres/sql_statements.hpp"

namespace seriatim::migrations {

/// What the database says of one projector. The versions are those of the plan that last touch its tables.
struct ProjectorRow {
  std::string name;
  std::optional<int> active;      ///< Its tables are live; empty: nobody writes it.
  std::optional<int> activating;  ///< `migrate offline` or `rollback` is bringing these tables up to date.
  std::optional<int> replaying;   ///< `migrate online` is building these tables, or has built them.
};

/// Reads and writes the states of the projectors of one view schema, in whatever transaction is open. Whoever writes has
/// the migration lock.
class ProjectorTable {
 public:
  /// All must outlive it.
  ProjectorTable(postgres::Connection& connection, const postgres::SchemaNames& names, const Domain& domain);

  /// In order of names.
  [[nodiscard]] std::vector<ProjectorRow> all();

  /// Adds the domain's projectors that have no state: active are those of the live version whose tables are there.
  void add_missing(int live_version);

  /// The plan's tables are being built, or wait.
  void replaying(const Plan& plan);
  /// The plan's tables are about to become the live ones.
  void activating(const Plan& plan);
  /// No migration is under way.
  void idle();

  /// Within the switch: what the plan has built or altered is active, and what the domain has no longer is inactive.
  void switched(const Plan& plan);

  /// Within the way back to `version`: those of the domain that are given are active again. What was built for the version
  /// that was live, by the plan's tables, waits to become active again.
  void switched_back(const std::vector<std::string>& returning, const std::vector<std::string>& leaving, int version);

  /// Nobody writes it from now on.
  void deactivate(const std::string& name);

 private:
  void set(const char* column, const ProjectorType& projector, int version);
  [[nodiscard]] std::string where(const std::vector<std::string>& names) const;
  [[nodiscard]] bool has_tables(const ProjectorType& projector);

  postgres::Connection& connection_;
  const Domain& domain_;
  std::string table_;
  std::string schema_;  ///< As a literal.
};

/// Adds the states of a domain's projectors that have none, in a transaction of its own; beside migrations, too.
void note_projectors(postgres::Connection& connection, const postgres::SchemaNames& names, const Domain& domain);

}  // namespace seriatim::migrations
