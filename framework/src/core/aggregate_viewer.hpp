#pragma once
// Folds a stream without making the aggregate: for looking at past and present states.

#include <optional>

#include "core/event_decoder.hpp"
#include "seriatim/event_log.hpp"
#include "store/event_store.hpp"

namespace seriatim::core {

/// Reads one stream, which is expected to end at event `at`. Not thread-safe.
class AggregateViewer final : public store::StreamReader {
 public:
  AggregateViewer(const Registry& registry, const AggregateId& id, std::optional<std::int32_t> at)
      : registry_{registry}, decoder_{registry}, id_{id}, at_{at} {}

  void stream(std::string_view aggregate_type) override;
  void snapshot(std::int32_t last, std::string_view json) override;
  /// Error(deserialization) also when the aggregate's fold throws.
  void event(const store::EventRow& row) override;

  /// Error(aggregate_not_found) when the stream does not reach the event asked for.
  [[nodiscard]] AggregateSnapshot shown() const;

  /// The number of the last event.
  [[nodiscard]] std::int32_t last() const noexcept { return last_; }
  /// The state after it.
  [[nodiscard]] const void* current() const noexcept { return state_.get(); }

 private:
  void fold(TypeIndex type, std::string_view json, std::int32_t sequence_number);

  const Registry& registry_;
  EventDecoder decoder_;
  AggregateId id_;
  std::optional<std::int32_t> at_;
  const RegisteredAggregate* aggregate_ = nullptr;
  attributes::Value state_;
  std::int32_t last_ = 0;
};

}  // namespace seriatim::core
