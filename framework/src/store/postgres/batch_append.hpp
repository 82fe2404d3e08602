#pragma once
// The statements that store what many commands came to; each set-based, all of them prepared by every connection.

#include <string>
#include <vector>

#include "store/batch_write.hpp"
#include "store/postgres/postgres_store.hpp"

namespace seriatim::postgres {

/// In their order: locks, versions, new aggregates, commands with events, receipts. Those with nothing to do are left out.
class BatchAppend {
 public:
  /// All must outlive it.
  BatchAppend(const PostgresStore& store, const Connection& connection, const store::BatchWrite& write)
      : store_{store}, connection_{connection}, write_{write} {}

  /// Empty when no aggregate that exists is changed or held.
  [[nodiscard]] std::string lock() const;
  [[nodiscard]] std::string require_versions() const;
  [[nodiscard]] std::string create() const;
  [[nodiscard]] std::string append() const;
  [[nodiscard]] std::string store_receipts() const;

 private:
  const PostgresStore& store_;
  const Connection& connection_;
  const store::BatchWrite& write_;
};

}  // namespace seriatim::postgres
