#pragma once
// Locality: proof that a projector, in one table, keeps to the rows of the aggregate whose event it handles.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

#include "seriatim/views.hpp"

namespace seriatim::views {

/// What is left of the ways in which a table may be local, as a set of bits.
using LocalityBits = std::uint64_t;

/// What all workers of one replay have seen together: each watches its own operations, and a table is local only in a way
/// that is left for all of them. (One may see rows that name A in `aggregate_id` and B in `other_id`, another
/// conditions on `other_id`: each is fine by itself.) Thread-safe; must outlive its users.
class SharedLocality {
 public:
  /// The bits of a table, all set at first. The reference stays valid.
  [[nodiscard]] std::atomic<LocalityBits>& of(std::string_view table);

 private:
  std::mutex mutex_;
  std::map<std::string_view, std::atomic<LocalityBits>> tables_;  ///< Nodes of a map do not move.
};

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
/// A table into which rows are added, and nothing else, is local too, whatever is in its columns: no event asks for the
/// rows of any other.
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
  /// With `shared`, the table is local as long as it is for all who share it.
  explicit Locality(const RecordType& type, SharedLocality* shared = nullptr);

  enum class Change : std::uint8_t { added, changed };

  /// A row is added, or was changed into what `record` is now.
  void row(const void* record, const Uuid* current, Change change);

  /// Rows are read, changed or erased by a condition.
  void condition(std::span<const Predicate> predicates, const Uuid* current);

  /// A row is added, or changed when there is one with the same values in the columns `key`.
  void upsert(const void* record, std::span<const std::size_t> key, const Uuid* current);

  /// Columns of rows are set.
  void assignments(std::span<const Assignment> assignments, const Uuid* current);

  [[nodiscard]] bool local() const noexcept { return left_ != 0; }

  /// The columns that are left, in the order of the record: each holds, in all rows that an aggregate's events have
  /// touched, the id of that aggregate. None may be left where rows are only added.
  [[nodiscard]] std::vector<std::size_t> columns() const;

 private:
  struct Candidate {
    std::size_t column;
    const attributes::Member* member;
    LocalityBits bit;
    [[nodiscard]] bool holds(const void* record, const Uuid* current) const;
    [[nodiscard]] bool equals(const attributes::Value& value, const Uuid* current) const;
  };

  /// Strikes off the candidates for which `lost` says so, and, unless rows are only added, the hope for that.
  template <class Lost>
  void strike(bool only_adds, const Lost& lost);

  std::vector<Candidate> candidates_;
  LocalityBits mine_;
  LocalityBits left_;  ///< Of what is shared, when this table's own set shrank last.
  std::atomic<LocalityBits>* shared_;
};

}  // namespace seriatim::views
