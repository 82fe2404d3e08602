#include "views/replay_persistor.hpp"

#include <algorithm>
#include <numeric>
#include <string>

#include "seriatim/errors.hpp"
#include "views/selected_rows.hpp"

namespace seriatim::views {

ReplayPersistor::Entry* ReplayPersistor::find(std::string_view table) const noexcept {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const auto& entry) { return entry->table.type().table == table; });
  return found == entries_.end() ? nullptr : found->get();
}

ReplayPersistor::Entry& ReplayPersistor::entry(const RecordType& type) {
  for (const Alias& alias : aliases_) {
    if (alias.type == &type) return *alias.entry;
  }
  return add_alias(type);
}

ReplayPersistor::Entry& ReplayPersistor::add_alias(const RecordType& type) {
  Entry* entry = find(type.table);
  if (entry == nullptr) {
    entry = entries_.emplace_back(std::make_unique<Entry>(type, shared_)).get();
  } else if (!attributes::same_shape(*entry->table.type().attributes, *type.attributes)) {
    throw_error<ErrorCode::configuration>("two records with different columns claim table " + std::string{type.table} +
                                          ": give one of them a table of its own");
  }
  aliases_.push_back({&type, entry});
  return *entry;
}

void ReplayPersistor::create(const RecordType& type, const void* record) {
  Entry& target = entry(type);
  target.locality.row(record, current(), Locality::Change::added);
  note_locality(target);
  target.table.insert(record);
}

void ReplayPersistor::create_or_update(const RecordType& type, const void* record, std::span<const std::size_t> key,
                                       std::span<const Assignment> assignments) {
  Entry& target = entry(type);
  target.locality.upsert(record, key, current());
  target.locality.assignments(assignments, current());
  note_locality(target);
  const RowId row = target.table.find_key(record, key);
  if (row == no_row) {
    target.table.insert(record);
  } else {
    target.table.assign(row, assignments);
  }
}

void ReplayPersistor::update(const RecordType& type, std::span<const Predicate> predicates,
                             std::span<const Assignment> assignments, bool must_exist) {
  if (assignments.empty()) return;  // As live: there is no UPDATE without SET.
  Entry& target = entry(type);
  target.locality.condition(predicates, current());
  target.locality.assignments(assignments, current());
  note_locality(target);
  target.table.find(predicates, 0, found_);
  if (must_exist && found_.empty()) {
    throw_error<ErrorCode::record_not_found>("table " + std::string{type.table} +
                                             " has no row that matches the condition");
  }
  for (const RowId row : found_) target.table.assign(row, assignments);
}

void ReplayPersistor::update_each(const RecordType& type, std::span<const Predicate> predicates, const Change& change) {
  Entry& target = entry(type);
  target.locality.condition(predicates, current());
  note_locality(target);
  std::vector<RowId> rows;
  target.table.find(predicates, 0, rows);
  for (const RowId row : rows) {
    if (!target.table.alive(row)) continue;
    target.table.change(row, change);
    target.locality.row(target.table.at(row), current(), Locality::Change::changed);
    note_locality(target);
  }
}

void ReplayPersistor::select(const RecordType& type, const Selection& selection, const Visit& visit) {
  Entry& target = entry(type);
  target.locality.condition(selection.predicates, current());
  note_locality(target);
  for (const RowId row : selected(target.table, selection)) {
    if (target.table.alive(row)) visit(target.table.at(row));
  }
}

void ReplayPersistor::erase(const RecordType& type, std::span<const Predicate> predicates) {
  Entry& target = entry(type);
  target.locality.condition(predicates, current());
  note_locality(target);
  target.table.find(predicates, 0, found_);
  for (const RowId row : found_) target.table.erase(row);
}

std::optional<std::vector<std::size_t>> ReplayPersistor::local_columns(const RecordType& type) const {
  const Entry* entry = find(type.table);
  if (entry == nullptr) return std::nullopt;
  return entry->locality.columns();
}

std::size_t ReplayPersistor::rows() const noexcept {
  return std::accumulate(entries_.begin(), entries_.end(), std::size_t{0},
                         [](std::size_t sum, const auto& entry) { return sum + entry->table.size(); });
}

std::size_t ReplayPersistor::rows_of(const RecordType& type) const noexcept {
  const Entry* source = find(type.table);
  return source == nullptr ? 0 : source->table.size();
}

std::size_t ReplayPersistor::bytes() const noexcept {
  return std::accumulate(entries_.begin(), entries_.end(), std::size_t{0},
                         [](std::size_t sum, const auto& entry) { return sum + entry->table.bytes(); });
}

void ReplayPersistor::for_each_table(const std::function<void(const RecordType&)>& visit) const {
  for (const auto& entry : entries_) visit(entry->table.type());
}

void ReplayPersistor::for_each_row(const RecordType& type, const Visit& visit) const {
  const Entry* source = find(type.table);
  if (source == nullptr) return;
  const ReplayTable& table = source->table;
  for (RowId row = table.first(); row != no_row; row = table.next(row)) visit(table.at(row));
}

void ReplayPersistor::clear() noexcept {
  for (const auto& entry : entries_) entry->table.clear();
}

}  // namespace seriatim::views
