#pragma once
// Comparing the rows of a live table with those that a refold made.

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "seriatim/view_verifier.hpp"
#include "store/postgres/connection.hpp"
#include "views/replay_persistor.hpp"

namespace seriatim::migrations {

/// A live row: where it is, and its columns in the order of the record.
struct LiveRow {
  std::string place;  ///< A condition that is true for this row alone, as long as nobody changes it.
  std::vector<std::optional<std::string>> columns;
};

/// A row that is not as it should be.
struct WrongRow {
  ViewDifference::Kind kind;
  std::optional<AggregateId> aggregate_id;
  std::string row;                   ///< What identifies it, for people.
  const void* expected = nullptr;    ///< The record; null when the row is surplus.
  std::optional<LiveRow> found;      ///< Nothing when the row is missing.
  std::vector<std::size_t> columns;  ///< That differ.
};

/// One table of a projector. Keeps what the catalog says of it. Not thread-safe.
class ComparedTable {
 public:
  ComparedTable(postgres::Connection& connection, const RecordType& record, const std::string& view_schema);

  [[nodiscard]] const RecordType& record() const noexcept { return record_; }
  /// Schema and table, quoted.
  [[nodiscard]] const std::string& name() const noexcept { return name_; }

  /// Reads the rows for which `condition` (SQL; empty: all) holds; `lock` keeps them as they are until the end of the
  /// transaction.
  [[nodiscard]] std::vector<LiveRow> read(postgres::Connection& connection, const std::string& condition,
                                          bool lock) const;

  /// The rows that differ from those of the refold. `owner` is the column that holds the aggregate's id; the number of
  /// columns when none does. Points into `expected`. Asks the database where a value, be it of the key by which a row is
  /// found, is stored in another form than the record has it (rounded, padded).
  [[nodiscard]] std::vector<WrongRow> compare(postgres::Connection& connection, const views::ReplayPersistor& expected,
                                              std::vector<LiveRow> found, std::size_t owner) const;

  /// The statement that makes the row what it should be.
  [[nodiscard]] std::string repair(const postgres::Connection& connection, const WrongRow& row) const;

  /// The row as differences, one a column.
  void describe(const WrongRow& row, std::string_view projector, std::vector<ViewDifference>& out) const;

 private:
  struct Doubt;
  struct Unmatched;

  [[nodiscard]] std::string key_of(const std::function<std::optional<std::string>(std::size_t)>& column,
                                   std::size_t owner) const;
  [[nodiscard]] std::string expected_key(const void* record, std::size_t owner) const;
  [[nodiscard]] std::string found_key(const LiveRow& row, std::size_t owner) const;
  [[nodiscard]] std::vector<std::size_t> different_columns(const void* record, const LiveRow& row) const;
  void take_stored_keys(postgres::Connection& connection, std::span<Unmatched* const> rows, std::size_t owner) const;
  void settle(postgres::Connection& connection, std::vector<WrongRow>& rows) const;
  void ask_stored(postgres::Connection& connection, std::span<const Doubt> values,
                  std::vector<std::optional<std::string>>& stored) const;
  [[nodiscard]] bool try_ask_stored(postgres::Connection& connection, std::span<const Doubt> values,
                                    std::vector<std::optional<std::string>>& stored) const;
  [[nodiscard]] std::string row_text(const std::function<std::optional<std::string>(std::size_t)>& column,
                                     const std::vector<std::size_t>& columns) const;
  [[nodiscard]] std::optional<AggregateId> owner_of(const std::optional<std::string>& text) const;

  const RecordType& record_;
  std::string name_;
  std::vector<std::string> types_;  ///< As declared, by column of the record.
  std::vector<std::size_t> key_;    ///< Columns of a unique index; empty when there is none.
};

}  // namespace seriatim::migrations
