#pragma once
// The hash index of one column of an in-memory table: from the hash of a value to the rows that (probably) hold it.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace seriatim::views {

/// The number of a row within its table. Numbers of erased rows are used again.
using RowId = std::uint32_t;
inline constexpr RowId no_row = 0xFFFF'FFFF;

/// Chains of rows, one per 32-bit hash, in the order in which the rows got it. Rows whose values differ may share a
/// hash, so whoever walks a chain compares values.
///
/// An open-addressing table of 16 bytes per hash and 12 bytes per row, in two arrays: adding a row touches two or three
/// cache lines and allocates nothing, which is what a rebuild of millions of events needs. Each slot counts its rows,
/// so the smallest of several chains is known without walking any. Not thread-safe.
class HashIndex {
 public:
  /// The rows of one hash; walk them with `next`.
  struct Chain {
    RowId first;
    std::uint32_t count;
  };

  HashIndex() : slots_(smallest) {}

  [[nodiscard]] Chain find(std::uint32_t hash) const noexcept {
    const Slot& slot = slots_[probe(hash)];
    return {slot.first, slot.count};
  }

  /// The row after `row` in its chain; `no_row` after the last one.
  [[nodiscard]] RowId next(RowId row) const noexcept { return links_[row].next; }

  void insert(RowId row, std::uint32_t hash);
  void erase(RowId row) noexcept;

  /// Puts the row under another hash, unless it is the one it has.
  void update(RowId row, std::uint32_t hash) {
    if (links_[row].hash == hash) return;
    erase(row);
    insert(row, hash);
  }

  /// Forgets all rows and keeps the memory.
  void clear() noexcept;

  /// What one row costs, roughly, when each has a value of its own.
  static constexpr std::size_t bytes_per_row = 44;

 private:
  static constexpr std::size_t smallest = 16;

  /// Never used: `last` is no_row. Used, but without rows by now: `count` is 0, and it stays until the next growth,
  /// because later slots may have been placed behind it.
  struct Slot {
    std::uint32_t hash = 0;
    RowId first = no_row;
    RowId last = no_row;
    std::uint32_t count = 0;
    [[nodiscard]] bool unused() const noexcept { return last == no_row; }
  };
  struct Link {
    std::uint32_t hash;
    RowId next;
    RowId previous;
  };

  [[nodiscard]] std::size_t probe(std::uint32_t hash) const noexcept {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = hash & mask;
    while (!slots_[at].unused() && slots_[at].hash != hash) at = (at + 1) & mask;
    return at;
  }
  void grow();

  std::vector<Slot> slots_;  ///< A power of two.
  std::vector<Link> links_;  ///< By row.
  std::size_t used_ = 0;
};

}  // namespace seriatim::views
