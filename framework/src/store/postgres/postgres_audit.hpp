#pragma once
// The audit trail on PostgreSQL.

#include "seriatim/audit.hpp"
#include "store/postgres/postgres_store.hpp"

namespace seriatim::postgres {

/// See AuditTrail. The store must outlive it.
class PostgresAudit final : public AuditTrail {
 public:
  explicit PostgresAudit(PostgresStore& store) : store_{store} {}

  [[nodiscard]] CommandAudit command(std::int64_t id) override;
  [[nodiscard]] EventAudit event(const EventPosition& position) override;
  [[nodiscard]] std::vector<AuditedCommand> tree(std::int64_t command) override;

 private:
  [[nodiscard]] pqxx::result query(std::string_view name, std::span<const std::pair<std::string_view, std::string>> fill);
  [[nodiscard]] std::optional<AuditedEvent> find_event(const EventPosition& position);
  [[nodiscard]] AuditedCommand origin_of(const AuditedCommand& command);

  PostgresStore& store_;
};

}  // namespace seriatim::postgres
