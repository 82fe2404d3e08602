#pragma once
// The table replay_states of the store: which replay is under way, and how far it is.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "migrations/event_reader.hpp"
#include "seriatim/view_replay.hpp"
#include "store/postgres/connection.hpp"
#include "store/postgres/sql_statements.hpp"

namespace seriatim::migrations {

/// A row of the table.
struct ReplayRow {
  std::int64_t id = 0;
  ReplayState state = ReplayState::created;
  std::string view_schema;  ///< Empty: another program made it.
  std::vector<std::string> projectors;
  std::optional<TransactionId> horizon;  ///< Events below it are in the new tables.
  bool optimized = false;
  Timestamp since{};
  Timestamp changed{};

  /// What the state was before an interrupted catching up.
  [[nodiscard]] ReplayState settled() const noexcept {
    if (state != ReplayState::catching_up) return state;
    return optimized ? ReplayState::optimized : ReplayState::replayed;
  }
};

/// An index, or a constraint with its index, that is to be built in the replay schema.
struct ReplayIndex {
  std::string table;
  std::string name;
  std::string sql;
  bool unique;
  std::optional<int> depth;  ///< Of an index over partitions, which puts those of the partitions together.
};

/// Reads and writes the table over one connection, in whatever transaction is open there.
class ReplayStates {
 public:
  ReplayStates(postgres::Connection& connection, const postgres::SchemaNames& names, std::string view_schema);

  /// The replay of these views that is under way, or else the last one.
  [[nodiscard]] std::optional<ReplayRow> latest();

  /// Whichever replay is under way in this store, there is at most one.
  [[nodiscard]] std::optional<ReplayRow> under_way();

  /// Throws Error(concurrent_migration) when these views are being replayed.
  void refuse_migration();

  /// Notes a new one. Throws Error(concurrent_migration) when one is under way.
  [[nodiscard]] std::int64_t add(const std::vector<std::string>& projectors);

  /// JSON objects by table; see replay_indexes.sql and replay_structure.sql.
  void note_tables(std::int64_t id, const std::string& indexes, const std::string& clustered, const std::string& structure);

  void set_state(std::int64_t id, ReplayState state);
  void set_horizon(std::int64_t id, TransactionId horizon);
  void set_optimized(std::int64_t id);

  [[nodiscard]] std::vector<ReplayIndex> indexes(std::int64_t id);
  /// Table and index.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> clustered(std::int64_t id);

 private:
  [[nodiscard]] std::optional<ReplayRow> find(const std::string& condition);
  void update(std::int64_t id, const std::string& assignments);

  postgres::Connection& connection_;
  std::string table_;
  std::string schema_;
};

/// "replay 3 (WalletProjector) is prepared: run `seriatim replay run`, or `seriatim replay abort`".
[[nodiscard]] std::string describe(const ReplayRow& row);

/// Throws Error(migration), with what is to be done instead, unless the replay is in one of the states.
void require_state(const ReplayRow& row, std::span<const ReplayState> states, const std::string& step);

}  // namespace seriatim::migrations
