#pragma once
// A projector under verification: its refold, its live tables, and what was found wrong with them.

#include "migrations/refold.hpp"
#include "migrations/row_comparison.hpp"

namespace seriatim::migrations {

/// Compares inside the transaction that is open on the connection it is given. Not thread-safe.
class VerifiedProjector {
 public:
  VerifiedProjector(postgres::Connection& connection, const postgres::PostgresStore& store, const Domain& domain,
                    const ProjectorType& projector);

  RefoldedProjector fold;
  std::vector<ViewDifference> differences;
  std::int64_t wrong_rows = 0;

  [[nodiscard]] std::string_view name() const noexcept { return fold.type().name; }
  [[nodiscard]] std::size_t tables() const noexcept { return tables_.size(); }
  [[nodiscard]] const ComparedTable& table(std::size_t index) const { return tables_[index]; }

  /// The rows of these aggregates that differ from the refold. Adds the number of live rows to `read`.
  [[nodiscard]] std::vector<WrongRow> of_aggregates(postgres::Connection& connection, std::size_t table,
                                                    const std::vector<AggregateId>& ids, bool lock, std::int64_t& read);

  /// The rows that name no aggregate that there is: all of them are surplus.
  [[nodiscard]] std::vector<WrongRow> of_nobody(postgres::Connection& connection, std::size_t table, bool lock) const;

  /// The rows of the whole table that differ from the refold of all events.
  [[nodiscard]] std::vector<WrongRow> of_everybody(postgres::Connection& connection, std::size_t table,
                                                   std::int64_t& read) const;

  void note(std::size_t table, const WrongRow& row);

  /// What was noted while it seemed that its rows could be told by aggregate.
  void forget();

 private:
  std::string aggregates_;
  std::vector<ComparedTable> tables_;
  std::vector<std::size_t> owners_;  ///< By table: the column that holds the aggregate's id.
};

}  // namespace seriatim::migrations
