#pragma once
// Folds a stored stream into a new aggregate.

#include <memory>
#include <string_view>

#include "core/event_decoder.hpp"
#include "store/event_store.hpp"

namespace seriatim::core {

/// One aggregate while it is read. Not thread-safe; registry and decoder must outlive it.
class AggregateReader final : public store::StreamReader {
 public:
  /// With `wanted`, a stream of another type is Error(aggregate_type); without, its own type is taken.
  AggregateReader(const Registry& registry, EventDecoder& decoder, const AggregateId& id,
                  const AggregateType* wanted = nullptr)
      : registry_{registry}, decoder_{decoder}, id_{id}, wanted_{wanted} {}

  void stream(std::string_view aggregate_type) override;
  void snapshot(std::int32_t last, std::string_view json) override;
  void state(std::int32_t last, const void* state) override;
  void event(const store::EventRow& row) override;

  /// Null when there was no stream.
  [[nodiscard]] std::unique_ptr<AggregateBase> take() { return std::move(aggregate_); }

  /// Of the stream that was read.
  [[nodiscard]] TypeIndex type() const noexcept { return type_; }

 private:
  void fold(TypeIndex type, std::string_view json, std::int32_t sequence_number);

  const Registry& registry_;
  EventDecoder& decoder_;
  AggregateId id_;
  const AggregateType* wanted_;
  TypeIndex type_ = unknown_type;
  std::unique_ptr<AggregateBase> aggregate_;
};

/// Error(aggregate_type) naming both types.
[[noreturn]] void throw_wrong_type(const AggregateId& id, std::string_view actual, std::string_view wanted);

/// The index of an aggregate type. Error(usage) when no domain registers it.
[[nodiscard]] TypeIndex registered(const Registry& registry, const AggregateType& type);

}  // namespace seriatim::core
