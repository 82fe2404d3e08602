#pragma once
// The memory of an in-memory table for "the row with the greatest value", which is what `Views::last` asks for.

#include <cstddef>
#include <span>
#include <unordered_map>
#include <vector>

#include "seriatim/views.hpp"
#include "views/hash_index.hpp"

namespace seriatim::views {

/// Remembers, for some groups of rows, the row with the greatest value of one column. A group is the rows that hold
/// the same values in certain other columns; all rows, when those are none.
///
/// A group is remembered after a search, and kept up to date from then on: a row that is added costs a look into a hash
/// table, however many rows its group has. A group is forgotten when its greatest row is erased, moves to another group
/// or becomes smaller; the next search has to go through its rows again. So a group that only grows is searched once.
///
/// Of rows that are equally great, any may be the one that is remembered. Rows come with the addresses of their
/// records, which must not change. Not thread-safe.
class GreatestRows {
 public:
  /// Groups by the columns of these predicates, of which each names one value.
  GreatestRows(const attributes::Type& record, std::span<const Predicate> predicates, std::size_t by);

  /// Whether the groups are by the columns of these predicates, in this order, and greatness is by the column `by`.
  [[nodiscard]] bool is_for(std::span<const Predicate> predicates, std::size_t by) const noexcept;

  /// Whether a change of the column may change which row is the greatest.
  [[nodiscard]] bool depends_on(std::size_t column) const noexcept;

  /// The greatest row of the group with the values of these predicates; no_row when it is not remembered.
  [[nodiscard]] RowId find(std::span<const Predicate> predicates) const;

  /// Whether the row is remembered as the greatest of its group.
  [[nodiscard]] bool holds(RowId row, const void* record) const;

  /// The row is the greatest of its group.
  void remember(RowId row, const void* record);

  /// The row was added, or it was changed and `holds` had said no before.
  void entered(RowId row, const void* record);

  /// The row was changed from `before` to `after`, and `holds` had said yes before.
  void greatest_changed(RowId row, const void* before, const void* after);

  /// The row is about to be erased.
  void leaving(RowId row, const void* record);

  void clear() noexcept { greatest_.clear(); }

  [[nodiscard]] std::size_t bytes() const noexcept { return greatest_.size() * bytes_per_group; }

 private:
  static constexpr std::size_t bytes_per_group = 56;

  struct Greatest {
    RowId row;
    const void* record;
  };

  [[nodiscard]] std::size_t hash(const void* record) const;
  [[nodiscard]] bool same_group(const void* a, const void* b) const;
  [[nodiscard]] bool greater(const void* a, const void* b) const;

  std::span<const attributes::Member> members_;
  std::vector<std::size_t> columns_;
  std::size_t by_;
  /// By the hash of the group. Of two groups with one hash, at most one is remembered.
  std::unordered_map<std::size_t, Greatest> greatest_;
};

}  // namespace seriatim::views
