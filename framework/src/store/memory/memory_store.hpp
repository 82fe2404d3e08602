#pragma once
// The event store in memory, for tests of domains: the port's whole contract without a database.

#include <atomic>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "store/memory/memory_data.hpp"
#include "store/memory/memory_tables.hpp"

namespace seriatim::memory {

/// A stored event, as it is told to who asks for all of them.
struct LoggedMemoryEvent {
  AggregateId aggregate_id;
  std::int32_t sequence_number;
  EventPtr event;
};

/// Thread-safe. The registry must outlive it, and it its transactions.
///
/// Transactions collect what they write and carry it out at the commit, or as soon as a projector reads a row. From then
/// to its end a transaction has the views to itself, so that others that need them wait; events are read meanwhile. All
/// views are at the newest version of their domain. No snapshots, no SQL; view tables have no constraints.
class MemoryStore final : public store::EventStore {
 public:
  explicit MemoryStore(const core::Registry& registry);

  [[nodiscard]] std::unique_ptr<store::Transaction> begin(std::span<const views::LiveViews> view_versions) override;
  [[nodiscard]] std::int32_t version(const AggregateId& id) override;
  [[nodiscard]] std::vector<store::FoundReceipt> find_receipts(const std::vector<std::string>& keys,
                                                               const std::string& request) override;
  [[nodiscard]] std::vector<views::LiveViews> view_versions() override;

  /// The events of an aggregate, event 1 first; none when there is no such aggregate. O(events).
  [[nodiscard]] std::vector<LoggedMemoryEvent> events_of(const AggregateId& id) const;
  /// All events, in the order in which they were committed. O(events).
  [[nodiscard]] std::vector<LoggedMemoryEvent> events() const;
  /// The partition key of an aggregate; empty when there is no such aggregate.
  [[nodiscard]] std::string partition_key(const AggregateId& id) const;
  /// The command that caused an event.
  [[nodiscard]] MemoryCommand command_of(const MemoryEvent& event) const;

 private:
  friend class MemoryTransaction;

  /// Waits for the turn to work on the views. Error(usage) when this thread has it already, in another transaction:
  /// it would wait for itself.
  void take_turn();
  void end_turn() noexcept;

  const core::Registry& registry_;
  mutable std::mutex mutex_;  ///< Guards data_.
  MemoryData data_;
  std::mutex turn_;  ///< Held by the transaction that works on tables_.
  std::atomic<std::thread::id> turn_of_{};
  std::vector<MemoryTables> tables_;  ///< By domain.
};

}  // namespace seriatim::memory
