#pragma once
// The keys of an aggregate, before and after a unit of work.

#include <string>

#include "seriatim/aggregate_root.hpp"
#include "store/event_store.hpp"

namespace seriatim::core {

/// What a state says about keys. Empty for what its type does not declare.
struct AggregateKeys {
  UniqueKeys unique;
  std::string partition;
};

[[nodiscard]] AggregateKeys keys_of(const AggregateType& type, const void* state);

/// Adds what differs between the keys that are stored and those of now.
void add_difference(store::KeyChanges& changes, const AggregateId& id, const AggregateKeys& stored,
                    const AggregateKeys& now);

/// Adds the keys of `now` that are new or other than those `stored`, and the scopes that have none any more.
void add_difference(std::vector<store::UniqueKeyChange>& changes, const AggregateId& id, const UniqueKeys& stored,
                    const UniqueKeys& now);

}  // namespace seriatim::core
