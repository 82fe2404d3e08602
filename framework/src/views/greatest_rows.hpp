#pragma once
// The memory of an in-memory table for "the row with the greatest value", which is what `Views::last` asks for.

#include <cstddef>
#include <span>
#include <unordered_map>
#include <vector>

#include "seriatim/views.hpp"
#include "views/hash_index.hpp"

namespace seriatim::views {

/// Where a column's values are within a record.
struct ColumnPlace {
  const attributes::Type* type;
  std::ptrdiff_t offset;
  [[nodiscard]] const void* in(const void* record) const noexcept {
    return static_cast<const std::byte*>(record) + offset;
  }
};

/// Remembers, for some groups of rows, the row with the greatest value of one column. A group are the rows that hold
/// the same values in certain other columns, all rows when those are none.
///
/// A group is remembered after a search, by `remember`, and is kept up to date from then on: a row that comes in costs
/// a look into a hash table, however many rows its group has. A group is forgotten when its greatest row is erased,
/// moves to another group or becomes smaller; the next search has to go through its rows again. So a table whose rows
/// are only added is searched once for each group.
///
/// Of rows that are equally great, any may be the one that is remembered. Records are given by their addresses, which
/// must not change. Not thread-safe.
class GreatestRows {
 public:
  GreatestRows(const RecordType& type, std::span<const ColumnPlace> places, std::vector<std::size_t> group,
               std::size_t by);

  /// Whether this is about groups by these columns, in this order, and the greatest value of `by`.
  [[nodiscard]] bool is_for(std::span<const std::size_t> group, std::size_t by) const noexcept;

  /// Whether a change of the column may change what is remembered.
  [[nodiscard]] bool depends_on(std::size_t column) const noexcept;

  /// The greatest row of the group with these values; no_row when it is not remembered.
  [[nodiscard]] RowId find(std::span<const void* const> values) const;

  /// The row is the greatest of its group.
  void remember(RowId row, const void* record);

  /// Whether the row is remembered as the greatest of its group.
  [[nodiscard]] bool holds(RowId row, const void* record) const;

  void inserted(RowId row, const void* record);

  /// The row, which `holds` said yes to, was `before` and is `after` now.
  void changed_greatest(RowId row, const void* before, const void* after);

  /// The row, which `holds` said no to, is `after` now.
  void changed_other(RowId row, const void* after) { inserted(row, after); }

  /// The row is about to be erased.
  void erased(RowId row, const void* record);

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
  [[nodiscard]] bool less(const void* a, const void* b) const;

  std::vector<std::size_t> columns_;
  std::size_t by_column_;
  std::vector<ColumnPlace> group_;
  ColumnPlace by_;
  /// By the hash of the group. Of two groups with one hash, at most one is remembered.
  std::unordered_map<std::size_t, Greatest> greatest_;
};

}  // namespace seriatim::views
