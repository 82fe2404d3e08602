#pragma once
// Tables that are being replayed, as the database's catalog has them: how they are copied, and how they change places.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/postgres/connection.hpp"
#include "store/postgres/sql_statements.hpp"

namespace seriatim::migrations {

/// Where the tables are, by the views' schema.
struct ReplaySchemas {
  explicit ReplaySchemas(std::string view_schema);
  std::string views;
  std::string replay;   ///< The new tables, until they go live.
  std::string archive;  ///< The old ones after that.

  /// A search_path for SQL about the new tables, or about the live ones.
  [[nodiscard]] std::string new_path() const;
  [[nodiscard]] std::string live_path() const;
};

/// What depends on the live tables.
struct ReplayDependents {
  std::vector<std::string> views;       ///< Names of those that can be made to read other tables of the same names.
  std::vector<std::string> statements;  ///< How.
  std::vector<std::string> blockers;    ///< All else.
};

/// Statements of a switch that are not about rows.
struct ReplayProperties {
  std::vector<std::string> statements;
  std::vector<std::string> after_commit;  ///< Foreign keys to be validated.
};

/// The live tables of a replay with their partitions. Works in the transaction that is open on the connection, and leaves its
/// search_path empty. Names in what it returns are quoted where they must be. Not thread-safe.
class ReplayTables {
 public:
  /// Looks `tables` up, and keeps others from altering them until the transaction ends. Error(migration) when one cannot be
  /// replayed.
  ReplayTables(postgres::Connection& connection, const postgres::SchemaNames& names, ReplaySchemas schemas,
               const std::vector<std::string>& tables);

  /// Makes empty tables in the replay schema, without indexes.
  void make_copies();

  /// JSON for ReplayStates::note_tables: index definitions, clustered indexes; and the names of invalid indexes.
  struct Indexes {
    std::string definitions;
    std::string clustered;
    std::string invalid;
  };
  [[nodiscard]] Indexes indexes();
  [[nodiscard]] std::string structure();

  /// What has been altered since the replay was prepared, in a sentence; empty when nothing.
  [[nodiscard]] std::string drift(std::int64_t replay);

  [[nodiscard]] ReplayDependents dependents();
  /// Locks readers out first, all at once: who reads several tables has less of a chance to wait for one and hold another.
  [[nodiscard]] std::vector<std::string> moves();
  [[nodiscard]] ReplayProperties properties();

 private:
  pqxx::result query(std::string_view name);
  void run_all(const std::vector<std::string>& statements);

  postgres::Connection& connection_;
  const postgres::SchemaNames& names_;
  ReplaySchemas schemas_;
  std::string list_;  ///< Of the tables, qualified.
  std::vector<std::pair<std::string_view, std::string>> fill_;
};

/// Makes a schema of the framework's own. An existing one must be, too, or Error(migration).
void claim_schema(postgres::Connection& connection, const std::string& schema);

/// Whether the schema is there and is the framework's own.
[[nodiscard]] bool is_claimed(postgres::Connection& connection, const std::string& schema);

/// The tables in a schema, without partitions.
[[nodiscard]] std::vector<std::string> tables_in(postgres::Connection& connection, const std::string& schema);

/// Drops the tables of the archive and the schema. Error(database) when something of somebody else's depends on them.
void drop_archive(postgres::Connection& connection, const std::string& schema);

}  // namespace seriatim::migrations
