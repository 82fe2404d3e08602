#pragma once
// The maintenance of keys on PostgreSQL.

#include "maintenance/steps.hpp"
#include "seriatim/key_maintenance.hpp"
#include "store/postgres/postgres_transaction.hpp"

namespace seriatim::maintenance {

/// See KeyMaintenance. The store must outlive it.
class PostgresKeyMaintenance final : public KeyMaintenance {
 public:
  PostgresKeyMaintenance(std::string url, postgres::PostgresStore& store) : url_{std::move(url)}, store_{store} {}

  UniqueKeysResult recompute_unique_keys(const std::optional<std::string>& type, const ProgressReport& report,
                                         const Cancelled& cancelled) override;
  PartitionsResult move_partitions(const ProgressReport& report, const Cancelled& cancelled) override;

 private:
  using Ids = std::vector<AggregateId>;
  using Refusals = std::vector<AggregateKeyNotUnique::Refusal>;

  [[nodiscard]] std::vector<core::TypeIndex> types_of(const std::optional<std::string>& type) const;
  [[nodiscard]] Ids block_after(postgres::PostgresTransaction& transaction, core::TypeIndex type,
                                const std::optional<AggregateId>& last) const;
  void lock(postgres::PostgresTransaction& transaction, const Ids& ids) const;
  std::int64_t recompute(postgres::PostgresTransaction& transaction, core::TypeIndex type, const Ids& ids,
                         Refusals& refused) const;
  [[nodiscard]] std::vector<store::UniqueKeyChange> wanted_keys(postgres::PostgresTransaction& transaction,
                                                                core::TypeIndex type, const Ids& ids) const;
  /// Tries again what was refused, when all keys that are out of date are gone.
  void recompute_refused(UniqueKeysResult& result, const Refusals& refused) const;

  std::string url_;
  postgres::PostgresStore& store_;
};

}  // namespace seriatim::maintenance
