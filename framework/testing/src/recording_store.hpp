#pragma once
// A store that passes everything on, and remembers which events were committed.

#include <mutex>

#include "core/event_decoder.hpp"
#include "seriatim/testing/world.hpp"
#include "store/event_store.hpp"

namespace seriatim::testing {

/// Thread-safe. The store behind it must outlive it, and it its transactions.
class RecordingStore final : public store::EventStore {
 public:
  RecordingStore(store::EventStore& store, const core::Registry& registry) : store_{store}, registry_{registry} {}

  [[nodiscard]] std::unique_ptr<store::Transaction> begin(std::span<const views::LiveViews> view_versions) override;
  [[nodiscard]] std::int32_t version(const AggregateId& id) override { return store_.version(id); }
  [[nodiscard]] std::vector<store::FoundReceipt> find_receipts(const std::vector<std::string>& keys,
                                                               const std::string& request) override {
    return store_.find_receipts(keys, request);
  }
  [[nodiscard]] std::vector<views::LiveViews> view_versions() override { return store_.view_versions(); }

  /// The events of all committed transactions.
  [[nodiscard]] std::vector<RecordedEvent> events() const;

  /// Adds what a transaction has committed.
  void add(std::vector<RecordedEvent> events);

 private:
  store::EventStore& store_;
  const core::Registry& registry_;
  mutable std::mutex mutex_;  ///< Guards events_.
  std::vector<RecordedEvent> events_;
};

}  // namespace seriatim::testing
