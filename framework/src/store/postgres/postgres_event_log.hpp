#pragma once
// Reading the PostgreSQL store.

#include "seriatim/event_log.hpp"
#include "store/postgres/postgres_store.hpp"

namespace seriatim::postgres {

/// Thread-safe. The store must outlive it.
class PostgresEventLog final : public EventLog {
 public:
  explicit PostgresEventLog(PostgresStore& store) : store_{store} {}

  void read(const EventFilter& filter, const std::function<void(const LoggedEvent&)>& visit) override;
  [[nodiscard]] AggregateSnapshot show(const AggregateId& id, std::optional<std::int32_t> at) override;
  [[nodiscard]] AggregateSnapshot show_until(const AggregateId& id, Timestamp moment) override;

 private:
  [[nodiscard]] std::string query(const Connection& connection, const EventFilter& filter) const;

  PostgresStore& store_;
};

}  // namespace seriatim::postgres
