#include "store/memory/memory_tables.hpp"

#include "views/selected_rows.hpp"

namespace seriatim::memory {

using views::no_row;
using views::ReplayTable;
using views::RowId;

ReplayTable& MemoryTables::table(const RecordType& type) {
  const auto found = tables_.find(type.table);
  if (found != tables_.end()) return *found->second;
  return *tables_.emplace(type.table, std::make_unique<ReplayTable>(type)).first->second;
}

void MemoryTables::insert(Table& table, const void* record, UndoLog& undo) {
  const RowId row = table.insert(record);
  undo.push([&table, row] { table.erase(row); });
}

/// Rows are taken back in the opposite order, so that each gets its old place and its number means it again.
void MemoryTables::keep(Table& table, RowId row, UndoLog& undo) {
  const attributes::Type& type = *table.type().attributes;
  undo.push([&table, row, before = attributes::Value{type, table.at(row)}] {
    table.change(row, [&](void* record) { table.type().attributes->assign(record, before.get()); });
  });
}

void MemoryTables::assign(Table& table, RowId row, std::span<const Assignment> assignments, UndoLog& undo) {
  keep(table, row, undo);
  table.assign(row, assignments);
}

void MemoryTables::create(const RecordType& type, const void* record, UndoLog& undo) { insert(table(type), record, undo); }

void MemoryTables::create_or_update(const RecordType& type, const void* record, std::span<const std::size_t> key,
                                    std::span<const Assignment> assignments, UndoLog& undo) {
  Table& target = table(type);
  const RowId row = target.find_key(record, key);
  if (row == no_row) return insert(target, record, undo);
  assign(target, row, assignments, undo);
}

void MemoryTables::update(const RecordType& type, std::span<const Predicate> predicates,
                          std::span<const Assignment> assignments, bool must_exist, UndoLog& undo) {
  if (assignments.empty()) return;  // As live: there is no UPDATE without SET.
  Table& target = table(type);
  std::vector<RowId> rows;
  target.find(predicates, 0, rows);
  if (must_exist && rows.empty()) {
    throw_error<ErrorCode::record_not_found>("table " + std::string{type.table} +
                                             " has no row that matches the condition");
  }
  for (const RowId row : rows) assign(target, row, assignments, undo);
}

void MemoryTables::update_each(const RecordType& type, std::span<const Predicate> predicates,
                               const views::Persistor::Change& change, UndoLog& undo) {
  Table& target = table(type);
  std::vector<RowId> rows;
  target.find(predicates, 0, rows);
  for (const RowId row : rows) {
    if (!target.alive(row)) continue;
    keep(target, row, undo);
    target.change(row, change);
  }
}

void MemoryTables::select(const RecordType& type, const views::Selection& selection,
                          const views::Persistor::Visit& visit) {
  Table& target = table(type);
  for (const RowId row : selected(target, selection)) {
    if (target.alive(row)) visit(target.at(row));
  }
}

void MemoryTables::erase(const RecordType& type, std::span<const Predicate> predicates, UndoLog& undo) {
  Table& target = table(type);
  std::vector<RowId> rows;
  target.find(predicates, 0, rows);
  for (const RowId row : rows) {
    undo.push([&target, before = attributes::Value{*target.type().attributes, target.at(row)}] {
      (void)target.insert(before.get());
    });
    target.erase(row);
  }
}

}  // namespace seriatim::memory
