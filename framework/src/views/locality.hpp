#pragma once
// Locality: proof that a projector, in one table, keeps to the rows of the aggregate whose event it handles.

#include <cstddef>
#include <span>
#include <vector>

#include "seriatim/views.hpp"

namespace seriatim::views {

/// Watches all operations on one table, and knows the columns by which the table is *local*.
///
/// A column of UUIDs is local as long as every operation, since the beginning, kept to the rows in which this column
/// holds the id of the current aggregate: rows were added with that id in it, conditions asked for that id in it, and
/// no change put anything else into it. The set of such columns only ever shrinks. It follows for each of them that
/// an aggregate's events have touched no rows but those of the aggregate itself. So, while one column is left, and when
/// each aggregate's events come in one piece, the rows of an aggregate that is done can be written away and forgotten:
/// nothing so far has asked for another aggregate's rows.
///
/// That is a statement about the past. A later operation may empty the set (a projector that looks up rows by name
/// in its last event). Rows that were written away before are missing from then on, therefore whoever forgets rows
/// must look at `local()` again at the end, and begin anew, keeping all rows, when it has become false.
///
/// It is sneaky when rows of aggregate A hold the id of aggregate B in another column, `other_id`, and B's events then
/// change the rows "where other_id = B". Each operation names the current aggregate in some column; but rows that A
/// added had A's id not in `other_id`, so that column was struck off when A added them, and B's condition strikes off
/// the rest.
///
/// Operations are reported before they are carried out, so that the answer is right even when one fails. `current` is
/// the id of the current aggregate; null when there is none, which no operation is local to. Not thread-safe.
class Locality {
 public:
  explicit Locality(const RecordType& type);

  /// A row is added, or was changed into what `record` is now.
  void row(const void* record, const Uuid* current);

  /// Rows are read, changed or erased by a condition.
  void condition(std::span<const Predicate> predicates, const Uuid* current);

  /// A row is added, or changed when there is one with the same values in the columns `key`.
  void upsert(const void* record, std::span<const std::size_t> key, const Uuid* current);

  /// Columns of rows are set.
  void assignments(std::span<const Assignment> assignments, const Uuid* current);

  [[nodiscard]] bool local() const noexcept { return !candidates_.empty(); }

  /// The columns that are left, in the order of the record: each holds, in all rows that an aggregate's events have
  /// touched, the id of that aggregate.
  [[nodiscard]] std::vector<std::size_t> columns() const;

 private:
  struct Candidate {
    std::size_t column;
    const attributes::Member* member;
    [[nodiscard]] bool holds(const void* record, const Uuid* current) const;
    [[nodiscard]] bool equals(const attributes::Value& value, const Uuid* current) const;
  };

  std::vector<Candidate> candidates_;
};

}  // namespace seriatim::views
