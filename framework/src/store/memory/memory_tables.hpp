#pragma once
// The view tables of one domain, in memory.

#include <map>
#include <memory>
#include <string>

#include "store/memory/undo_log.hpp"
#include "views/persistor.hpp"
#include "views/replay_table.hpp"

namespace seriatim::memory {

/// Does what a persistor is asked to, at once, and notes how to take it back. Like the tables of a replay it knows no
/// constraints, column defaults or triggers. Not thread-safe.
class MemoryTables {
 public:
  void create(const RecordType& type, const void* record, UndoLog& undo);
  void create_or_update(const RecordType& type, const void* record, std::span<const std::size_t> key,
                        std::span<const Assignment> assignments, UndoLog& undo);
  /// With `must_exist`, Error(record_not_found) when no row matches.
  void update(const RecordType& type, std::span<const Predicate> predicates, std::span<const Assignment> assignments,
              bool must_exist, UndoLog& undo);
  void update_each(const RecordType& type, std::span<const Predicate> predicates, const views::Persistor::Change& change,
                   UndoLog& undo);
  void select(const RecordType& type, const views::Selection& selection, const views::Persistor::Visit& visit);
  void erase(const RecordType& type, std::span<const Predicate> predicates, UndoLog& undo);

 private:
  using Table = views::ReplayTable;

  [[nodiscard]] Table& table(const RecordType& type);
  static void insert(Table& table, const void* record, UndoLog& undo);
  static void assign(Table& table, views::RowId row, std::span<const Assignment> assignments, UndoLog& undo);
  static void keep(Table& table, views::RowId row, UndoLog& undo);

  std::map<std::string, std::unique_ptr<Table>, std::less<>> tables_;
};

}  // namespace seriatim::memory
