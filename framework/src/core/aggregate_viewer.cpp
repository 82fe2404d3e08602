#include "core/aggregate_viewer.hpp"

namespace seriatim::core {

void AggregateViewer::stream(std::string_view aggregate_type) {
  const TypeIndex index = registry_.aggregate(aggregate_type);
  if (index == unknown_type) {
    throw_error<ErrorCode::configuration>("aggregate " + uuid_text(id_) + " is a " + std::string{aggregate_type} +
                                          ", which no loaded domain declares: load its plugin");
  }
  aggregate_ = &registry_.aggregates()[index];
  state_ = attributes::Value::made(*aggregate_->type->state);
}

void AggregateViewer::event(const store::EventRow& row) {
  if (at_ && row.sequence_number > *at_) return;
  if (row.type == unknown_type) throw_unknown_event(row.type_name, id_, row.sequence_number);
  if (const auto fold = aggregate_->folds[row.type]) {
    fold(state_.get(), decoder_.decode(row.type, row.json, id_, row.sequence_number));
  }
  last_ = row.sequence_number;
}

AggregateSnapshot AggregateViewer::snapshot() const {
  if (at_ && last_ != *at_) {
    throw_error<ErrorCode::aggregate_not_found>("aggregate " + uuid_text(id_) + " has no event " +
                                                std::to_string(*at_) + ": its last one is " + std::to_string(last_));
  }
  AggregateSnapshot snapshot{std::string{aggregate_->type->name}, last_, {}};
  attributes::write_json(snapshot.state_json, *aggregate_->type->state, state_.get());
  return snapshot;
}

}  // namespace seriatim::core
