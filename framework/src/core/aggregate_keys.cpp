#include "core/aggregate_keys.hpp"

namespace seriatim::core {

AggregateKeys keys_of(const AggregateType& type, const void* state) {
  AggregateKeys keys;
  if (type.unique_keys != nullptr) keys.unique = type.unique_keys(state);
  if (type.partition_key != nullptr) keys.partition = type.partition_key(state);
  return keys;
}

void add_difference(store::KeyChanges& changes, const AggregateId& id, const AggregateKeys& stored,
                    const AggregateKeys& now) {
  add_difference(changes.unique_keys, id, stored.unique, now.unique);
  if (now.partition != stored.partition) changes.partition_keys.push_back({id, now.partition});
}

void add_difference(std::vector<store::UniqueKeyChange>& changes, const AggregateId& id, const UniqueKeys& stored,
                    const UniqueKeys& now) {
  for (const UniqueKeys::Scoped& was : stored.all()) {
    if (now.find(was.scope) == nullptr) changes.push_back({id, was.scope, std::nullopt});
  }
  for (const UniqueKeys::Scoped& is : now.all()) {
    const UniqueKey* was = stored.find(is.scope);
    if (was == nullptr || !(*was == is.key)) changes.push_back({id, is.scope, is.key.json()});
  }
}

}  // namespace seriatim::core
