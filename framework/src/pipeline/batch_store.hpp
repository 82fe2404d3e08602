#pragma once
// The store as a command of a batch sees it: what is stored, and on top of it what earlier commands of the batch changed.

#include "pipeline/batch_state.hpp"

namespace seriatim::pipeline {

/// Gives each command of a batch a transaction of its own, in memory. Not thread-safe.
class BatchStore final : public store::EventStore {
 public:
  /// `batch` must outlive it.
  explicit BatchStore(BatchState& batch) : batch_{batch} {}

  [[nodiscard]] std::unique_ptr<store::Transaction> begin(std::span<const views::LiveViews> view_versions) override;
  [[nodiscard]] std::int32_t version(const AggregateId& id) override;
  [[nodiscard]] std::vector<store::FoundReceipt> find_receipts(const std::vector<std::string>& keys,
                                                               const std::string& request) override;
  [[nodiscard]] std::vector<views::LiveViews> view_versions() override;

 private:
  BatchState& batch_;
};

}  // namespace seriatim::pipeline
