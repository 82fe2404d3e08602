#pragma once
// Reading the PostgreSQL store.

#include "core/event_decoder.hpp"
#include "seriatim/event_log.hpp"
#include "store/postgres/postgres_store.hpp"

namespace seriatim::postgres {

/// Thread-safe. The store must outlive it.
///
/// A mark holds a snapshot of PostgreSQL, which says exactly which transactions had committed. Between two snapshots lie
/// the events that the second one sees and the first one does not: none is in two such windows, and none is in none. Within
/// a stream the commit order is that of the numbers (the row lock of the aggregate makes it so), so an event never lies
/// in an earlier window than one before it.
class PostgresEventLog final : public EventLog {
 public:
  explicit PostgresEventLog(PostgresStore& store) : store_{store} {}

  Mark read(const EventFilter& filter, const EventVisitor& visit) override;
  [[nodiscard]] Mark position_mark() override;
  void streams(const StreamFilter& filter, const std::function<void(const StreamInfo&)>& visit) override;
  [[nodiscard]] AggregateSnapshot show(const AggregateId& id, std::optional<std::int32_t> at) override;
  [[nodiscard]] AggregateSnapshot show_until(const AggregateId& id, Timestamp moment) override;

 private:
  /// The events between two snapshots, behind a place among them.
  struct Window {
    std::string since;  ///< Empty: from the beginning.
    std::string until;
    bool open = false;  ///< `until` is what the reading transaction sees anyway.
    std::optional<Mark::Place> behind;
  };

  [[nodiscard]] std::string query(const Connection& connection, const EventFilter& filter, const Window& window,
                                  std::int64_t limit) const;
  std::int64_t visit_window(Connection& connection, const EventFilter& filter, const Window& window, std::int64_t limit,
                            Mark& mark, const EventVisitor& visit);
  void visit_current(const core::EventDecoder& decoder, const LoggedEvent& event, const Mark& mark,
                     const EventVisitor& visit) const;
  std::vector<StreamInfo> block_of_streams(const StreamFilter& filter, std::int64_t size);

  PostgresStore& store_;
};

}  // namespace seriatim::postgres
