#pragma once
// Several changes of the same rows as one, where the database could not tell the difference.

#include <optional>
#include <pqxx/result>
#include <span>
#include <string>
#include <vector>

#include "seriatim/views.hpp"

namespace seriatim::postgres {

/// What a table lets be joined. The values in between must not matter to anybody, nor be refused: see plain_columns.sql for
/// the table, and the functions below for values.
class JoinableColumns {
 public:
  /// `rows` is what plain_columns.sql says about the table.
  JoinableColumns(const RecordType& type, const pqxx::result& rows);

  /// What comes to the same as both, one after the other, to rows that both change; nothing when there is no such thing, or
  /// nobody can be sure.
  [[nodiscard]] std::optional<std::vector<Assignment>> join(std::vector<Assignment> first,
                                                            std::span<const Assignment> second) const;

 private:
  struct Column {
    bool plain = false;     ///< Nothing else of the table depends on it.
    bool exact = false;     ///< Of the record's type, without a limit: every value is kept as it is.
    std::optional<int> scale{};  ///< Of a numeric column with a limit.
  };

  [[nodiscard]] bool overwrites(Assignment& first, const Assignment& second) const;
  [[nodiscard]] bool adds(Assignment& first, const Assignment& second) const;
  [[nodiscard]] bool is_kept_exactly(std::size_t column, const attributes::Value& amount) const;

  const RecordType& type_;
  std::vector<Column> columns_;  ///< As those of the record.
};

}  // namespace seriatim::postgres
