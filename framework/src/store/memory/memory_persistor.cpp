#include "store/memory/memory_persistor.hpp"

#include "store/memory/memory_transaction.hpp"

namespace seriatim::memory {
namespace {

template <class T>
std::vector<T> copied(std::span<const T> items) {
  return {items.begin(), items.end()};
}

}  // namespace

void MemoryPersistor::create(const RecordType& type, const void* record) {
  transaction_.perform([this, &type, row = attributes::Value{*type.attributes, record}](UndoLog& undo) {
    tables_.create(type, row.get(), undo);
  });
}

void MemoryPersistor::create_or_update(const RecordType& type, const void* record, std::span<const std::size_t> key,
                                       std::span<const Assignment> assignments) {
  transaction_.perform([this, &type, row = attributes::Value{*type.attributes, record}, key = copied(key),
                        assignments = copied(assignments)](UndoLog& undo) {
    tables_.create_or_update(type, row.get(), key, assignments, undo);
  });
}

void MemoryPersistor::update(const RecordType& type, std::span<const Predicate> predicates,
                             std::span<const Assignment> assignments, bool must_exist) {
  transaction_.perform([this, &type, predicates = copied(predicates), assignments = copied(assignments),
                        must_exist](UndoLog& undo) {
    tables_.update(type, predicates, assignments, must_exist, undo);
  });
}

void MemoryPersistor::update_each(const RecordType& type, std::span<const Predicate> predicates, const Change& change) {
  tables_.update_each(type, predicates, change, transaction_.enter());
}

void MemoryPersistor::select(const RecordType& type, const views::Selection& selection, const Visit& visit) {
  transaction_.enter();
  tables_.select(type, selection, visit);
}

void MemoryPersistor::erase(const RecordType& type, std::span<const Predicate> predicates) {
  transaction_.perform([this, &type, predicates = copied(predicates)](UndoLog& undo) {
    tables_.erase(type, predicates, undo);
  });
}

void MemoryPersistor::execute_sql(const std::string& /*sql*/,
                                  const std::vector<std::optional<std::string>>& /*parameters*/) {
  throw_error<ErrorCode::usage>(
      "execute_sql takes a database, and this store is in memory: say it with the operations of Views, or run the test "
      "on PostgreSQL");
}

}  // namespace seriatim::memory
