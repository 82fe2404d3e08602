#pragma once
// The persistor of replays: a view's records in memory, while the view is rebuilt from all events.

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "views/locality.hpp"
#include "views/persistor.hpp"
#include "views/replay_table.hpp"

namespace seriatim::views {

/// Keeps tables in memory and gives the results that SQL would give (see store/postgres/live_persistor), NULLs
/// included. Rebuilding goes through all events of all times, so everything here is made for millions of operations
/// per second: rows are plain objects, found by hash indexes.
///
/// **How memory stays bounded.** The replayer calls `begin_aggregate`, lets the projectors handle all events of that
/// aggregate, and goes on to the next one. Nearly all projectors touch only rows of the event's own aggregate. The
/// persistor checks that for each operation, exactly, and `local()` says whether it held for all of them, in all
/// tables (see Locality for what is checked and why it suffices). While it holds, the rows of finished aggregates are
/// final: between two aggregates, the replayer may write all rows to the database (`for_each_table`, `for_each_row`)
/// and call `clear()`, whenever `bytes()` says that it is time. Where it does not hold, because a projector counts over
/// all aggregates or joins two of them, all rows must stay in memory to the end.
///
/// Nobody knows beforehand what the next event's handler will do. A replayer that has cleared rows must therefore look
/// at `local()` again, at the end and after every exception. Once it is false, rows that are gone might have been
/// needed: the replay begins anew, from empty tables and without clearing.
///
/// Not the database: unique and foreign keys, checks, column defaults and triggers do nothing here; they take effect
/// when the rows are loaded. Not thread-safe; workers that replay different aggregates have one each.
class ReplayPersistor final : public Persistor {
 public:
  void create(const RecordType& type, const void* record) override;
  void create_or_update(const RecordType& type, const void* record, std::span<const std::size_t> key,
                        std::span<const Assignment> assignments) override;
  void update(const RecordType& type, std::span<const Predicate> predicates, std::span<const Assignment> assignments,
              bool must_exist) override;
  void update_each(const RecordType& type, std::span<const Predicate> predicates, const Change& change) override;
  void select(const RecordType& type, const Selection& selection, const Visit& visit) override;
  void erase(const RecordType& type, std::span<const Predicate> predicates) override;

  /// The events that follow are those of this aggregate. Each aggregate has one turn.
  void begin_aggregate(const Uuid& id) noexcept { current_ = id; }

  /// Whether all operations so far kept to rows of the aggregate whose turn it was.
  [[nodiscard]] bool local() const noexcept;

  /// The columns by which a table is local; nothing when the table was not touched.
  [[nodiscard]] std::optional<std::vector<std::size_t>> local_columns(const RecordType& type) const;

  [[nodiscard]] std::size_t rows() const noexcept;

  /// Roughly the memory that the rows take, indexes included.
  [[nodiscard]] std::size_t bytes() const noexcept;

  /// The tables that were touched, in the order in which they first were; `clear` does not change that.
  void for_each_table(const std::function<void(const RecordType&)>& visit) const;

  /// The rows of a table in the order in which they were added; none when it was not touched.
  void for_each_row(const RecordType& type, const Visit& visit) const;

  /// Forgets all rows. Keeps the tables, their memory and what is known about locality.
  void clear() noexcept;

 private:
  struct Entry {
    explicit Entry(const RecordType& type) : table{type}, locality{type} {}
    ReplayTable table;
    Locality locality;
  };
  /// Plugins may have a description each for one table. Descriptions are constants, so a known address needs no look.
  struct Alias {
    const RecordType* type;
    Entry* entry;
  };

  Entry& entry(const RecordType& type);
  Entry& add_alias(const RecordType& type);
  [[nodiscard]] Entry* find(std::string_view table) const noexcept;
  [[nodiscard]] const Uuid* current() const noexcept { return current_ ? &*current_ : nullptr; }

  std::vector<std::unique_ptr<Entry>> entries_;
  std::vector<Alias> aliases_;
  std::optional<Uuid> current_;
  std::vector<RowId> found_;  ///< Of operations that call nobody; kept for its memory.
};

}  // namespace seriatim::views
