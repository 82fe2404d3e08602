#pragma once
// The stores that keep the contract, and how to look at what is in them past the port.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "seriatim/testing/world.hpp"
#include "store/event_store.hpp"

namespace seriatim::testing {

/// An event as it is stored, with the command that caused it.
struct StoredRow {
  AggregateId aggregate_id{};
  std::int32_t sequence_number = 0;
  std::string type;
  std::string json;
  Timestamp created_at{};
  std::string partition_key;
  std::string command_type;
  std::optional<Uuid> user_id{};
  std::optional<AggregateId> event_aggregate_id{};
  std::optional<std::int32_t> event_sequence_number{};
};

/// An empty store.
class ContractStore {
 public:
  virtual ~ContractStore() = default;
  [[nodiscard]] virtual store::EventStore& store() = 0;
  /// All events, in the order in which they were committed.
  [[nodiscard]] virtual std::vector<StoredRow> rows() = 0;
};

/// Of the kind that SERIATIM_TEST_STORE names. The registry, which was made of `domains`, must outlive it.
[[nodiscard]] std::unique_ptr<ContractStore> make_contract_store(const core::Registry& registry,
                                                                 const std::vector<Domain>& domains);

}  // namespace seriatim::testing
