#include "core/aggregate_viewer.hpp"

#include <new>

#include "core/snapshot_json.hpp"
#include "core/stream_checks.hpp"

namespace seriatim::core {

void AggregateViewer::stream(std::string_view aggregate_type) {
  const TypeIndex index = registry_.aggregate(aggregate_type);
  if (index == unknown_type) {
    throw_error<ErrorCode::configuration>("aggregate " + uuid_text(id_) + " is a " + std::string{aggregate_type} +
                                          ", which no loaded domain declares: load its plugin");
  }
  aggregate_ = &registry_.aggregates()[index];
  state_ = attributes::Value::made(*aggregate_->type->state);
  last_ = 0;
}

void AggregateViewer::snapshot(std::int32_t last, std::string_view json) {
  read_snapshot(*aggregate_->type->state, json, state_.get());
  last_ = last;
}

void AggregateViewer::event(const store::EventRow& row) {
  require_next(row, id_, last_);
  decoder_.current(row.type, row.type_name, row.json, id_, row.sequence_number,
                   [&](TypeIndex type, std::string_view json) { fold(type, json, row.sequence_number); });
  last_ = row.sequence_number;
}

void AggregateViewer::fold(TypeIndex type, std::string_view json, std::int32_t sequence_number) {
  const auto function = aggregate_->folds[type];
  if (function == nullptr) return;
  const void* event = decoder_.decode(type, json, id_, sequence_number);
  try {
    function(state_.get(), event);
  } catch (const std::bad_alloc&) {
    throw;  // Not because of this event.
  } catch (const std::exception& error) {
    throw_error<ErrorCode::deserialization>(
        "event " + std::to_string(sequence_number) + " of aggregate " + uuid_text(id_) + " (" +
        std::string{registry_.events()[type].type.name} + ") cannot be folded: " + error.what());
  }
}

AggregateSnapshot AggregateViewer::shown() const {
  if (at_ && last_ != *at_) throw_no_event(id_, *at_, last_);
  AggregateSnapshot snapshot{std::string{aggregate_->type->name}, last_, {}};
  attributes::write_json(snapshot.state_json, *aggregate_->type->state, state_.get());
  return snapshot;
}

}  // namespace seriatim::core
