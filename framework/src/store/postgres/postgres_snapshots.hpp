#pragma once
// Snapshots in PostgreSQL.

#include "seriatim/snapshots.hpp"
#include "store/postgres/postgres_store.hpp"

namespace seriatim::postgres {

/// Thread-safe. The store must outlive it.
class PostgresSnapshots final : public Snapshots {
 public:
  explicit PostgresSnapshots(PostgresStore& store) : store_{store} {}

  SnapshotResult take(std::int64_t limit, const std::function<void(const SnapshotProgress&)>& progress,
                      const std::function<bool()>& cancelled) override;
  std::int64_t delete_all() override;
  std::int64_t delete_unknown() override;

 private:
  /// An aggregate that is locked for its snapshot to be taken.
  struct Claim {
    AggregateId id;
    core::TypeIndex type;
  };

  [[nodiscard]] std::int64_t pending() const;
  [[nodiscard]] std::optional<Claim> claim(Connection& connection, const std::string& failed) const;
  void take(Connection& connection, const Claim& claim);
  void begin_deletion(Connection& connection) const;

  PostgresStore& store_;
};

}  // namespace seriatim::postgres
