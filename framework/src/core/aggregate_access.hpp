#pragma once
// The parts of an aggregate that are the framework's.

#include "seriatim/aggregate_root.hpp"

namespace seriatim::core {

/// What user code cannot reach.
class AggregateAccess {
 public:
  [[nodiscard]] static void* state(AggregateBase& aggregate) noexcept { return aggregate.state_address(); }
  [[nodiscard]] static const void* state(const AggregateBase& aggregate) noexcept { return aggregate.state_address(); }

  /// The number of the last event that is stored, or handed to the store.
  [[nodiscard]] static std::int32_t stored(const AggregateBase& aggregate) noexcept { return aggregate.stored_; }
  static void set_stored(AggregateBase& aggregate, std::int32_t last) noexcept { aggregate.stored_ = last; }

  /// Notes an event as applied, moving it from `event`. The state is the caller's to change.
  static void record(AggregateBase& aggregate, const MessageType& type, void* event) { aggregate.record(type, event); }
};

}  // namespace seriatim::core
