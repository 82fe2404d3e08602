#pragma once
// One in-memory table of a replay.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "seriatim/views.hpp"
#include "views/greatest_rows.hpp"
#include "views/hash_index.hpp"

namespace seriatim::views {

/// Rows of one record type, kept as the C++ objects that they are, in slabs of raw memory: a row never moves, and
/// adding one copies the record and nothing else. Rows are listed in the order in which they were added. Columns get a
/// hash index when a condition first asks for it, and searches for the greatest row a memory of their results; both are
/// kept up to date from then on. Not thread-safe.
class ReplayTable {
 public:
  explicit ReplayTable(const RecordType& type);
  ~ReplayTable();
  ReplayTable(const ReplayTable&) = delete;
  ReplayTable& operator=(const ReplayTable&) = delete;

  [[nodiscard]] const RecordType& type() const noexcept { return type_; }

  RowId insert(const void* record);
  void erase(RowId row) noexcept;
  void assign(RowId row, std::span<const Assignment> assignments);

  /// Changes the row by a function of it. As when written by SQL, a column keeps its old value when the new one is
  /// equal to it: 12.5 does not become 12.50.
  void change(RowId row, const std::function<void(void*)>& change);

  /// Appends the rows of the condition to `out`; at most `limit`, unless that is 0.
  void find(std::span<const Predicate> predicates, std::size_t limit, std::vector<RowId>& out);

  /// The row of the condition with the greatest value of the column `by`, by the order of `order by <by> desc`; no_row
  /// when there is none. Where each predicate names one value, rows that are added make the next search no slower.
  [[nodiscard]] RowId find_greatest(std::span<const Predicate> predicates, std::size_t by);

  /// The first row whose columns `key` equal those of the record; no_row when there is none, and when a column of the
  /// key is NULL: as in a unique index, NULL differs from NULL.
  [[nodiscard]] RowId find_key(const void* record, std::span<const std::size_t> key);

  [[nodiscard]] void* at(RowId row) const noexcept {
    return slabs_[row >> slab_bits_].get() + (row & ((std::size_t{1} << slab_bits_) - 1)) * type_.attributes->size;
  }

  /// False after the row was erased.
  [[nodiscard]] bool alive(RowId row) const noexcept { return row < order_.size() && order_[row].next != row; }

  /// The first row and the row after a row, in the order of insertion; no_row at the end.
  [[nodiscard]] RowId first() const noexcept { return first_; }
  [[nodiscard]] RowId next(RowId row) const noexcept { return order_[row].next; }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// What the rows take, roughly: text and lists are estimated from the records that were inserted.
  [[nodiscard]] std::size_t bytes() const noexcept;

  /// Removes all rows and keeps the memory for the next ones.
  void clear() noexcept;

 private:
  struct Column {
    const attributes::Type* type;
    std::ptrdiff_t offset;
    bool variants;  ///< See has_variants.
    std::unique_ptr<HashIndex> index;
  };
  /// What a column must be: one value, or one of some.
  struct Term {
    std::size_t column;
    const void* value;
    std::span<const attributes::Value> any_of;
  };
  struct Neighbours {
    RowId previous;
    RowId next;
  };
  struct FreeSlab {
    std::size_t alignment;
    void operator()(std::byte* slab) const noexcept { ::operator delete (slab, std::align_val_t{alignment}); }
  };

  [[nodiscard]] const void* value(RowId row, const Column& column) const noexcept {
    return static_cast<const std::byte*>(at(row)) + column.offset;
  }
  RowId allocate();
  void link(RowId row);
  void unlink(RowId row) noexcept;
  void refresh_index(RowId row, const Column& column);
  void build_index(Column& column);
  void set_columns(RowId row, std::span<const Assignment> assignments);
  void call_change(RowId row, const std::function<void(void*)>& change);
  template <class Change>
  void keep_greatest(RowId row, const Change& change);
  [[nodiscard]] bool greatest_depends_on(std::span<const Assignment> assignments) const noexcept;
  [[nodiscard]] GreatestRows* greatest_for(std::span<const Predicate> predicates, std::size_t by);
  void forget_greatest() noexcept;
  [[nodiscard]] std::size_t count(const Term& term) const;
  [[nodiscard]] const Term& choose();
  [[nodiscard]] bool matches(RowId row, const Term& term) const;
  void walk(const Term& chosen, const void* wanted, std::size_t limit, std::vector<RowId>& out) const;
  void find(std::size_t limit, std::vector<RowId>& out);

  RecordType type_;
  std::size_t slab_bits_;  ///< A slab holds 2^slab_bits_ rows.
  std::vector<Column> columns_;
  std::vector<std::size_t> owners_;  ///< Columns that may own memory.
  bool any_variants_ = false;
  std::vector<std::unique_ptr<std::byte, FreeSlab>> slabs_;
  std::vector<Neighbours> order_;  ///< By row: the list of rows. An erased row is its own next.
  std::vector<RowId> free_;
  RowId first_ = no_row;
  RowId last_ = no_row;
  std::size_t size_ = 0;
  std::vector<GreatestRows> greatest_;
  std::uint64_t changes_ = 0;       ///< Operations so far that may have changed `greatest_`.
  std::size_t inserted_ = 0;        ///< Ever, and
  std::size_t inserted_bytes_ = 0;  ///< what they owned.
  std::vector<Term> terms_;         ///< Of the current search; kept for its memory.
  std::vector<RowId> found_;        ///< Of find_key and find_greatest.
};

}  // namespace seriatim::views
