#pragma once
// The persistor of a transaction in memory.

#include "store/memory/memory_tables.hpp"

namespace seriatim::memory {

class MemoryTransaction;

/// Lets the transaction carry out operations when their time has come. Not thread-safe; the transaction must outlive it.
class MemoryPersistor final : public views::Persistor {
 public:
  MemoryPersistor(MemoryTransaction& transaction, MemoryTables& tables) : transaction_{transaction}, tables_{tables} {}

  void create(const RecordType& type, const void* record) override;
  void create_or_update(const RecordType& type, const void* record, std::span<const std::size_t> key,
                        std::span<const Assignment> assignments) override;
  void update(const RecordType& type, std::span<const Predicate> predicates, std::span<const Assignment> assignments,
              bool must_exist) override;
  void update_each(const RecordType& type, std::span<const Predicate> predicates, const Change& change) override;
  void select(const RecordType& type, const views::Selection& selection, const Visit& visit) override;
  void erase(const RecordType& type, std::span<const Predicate> predicates) override;
  void execute_sql(const std::string& sql, const std::vector<std::optional<std::string>>& parameters) override;

 private:
  MemoryTransaction& transaction_;
  MemoryTables& tables_;
};

}  // namespace seriatim::memory
