#include "core/aggregate_reader.hpp"

#include "core/aggregate_access.hpp"
#include "core/snapshot_json.hpp"
#include "core/stream_checks.hpp"

namespace seriatim::core {

void throw_wrong_type(const AggregateId& id, std::string_view actual, std::string_view wanted) {
  throw_error<ErrorCode::aggregate_type>("aggregate " + uuid_text(id) + " is a " + std::string{actual} + ", not a " +
                                         std::string{wanted});
}

TypeIndex registered(const Registry& registry, const AggregateType& type) {
  const TypeIndex index = registry.aggregate(type.name);
  if (index == unknown_type) {
    throw_error<ErrorCode::usage>("aggregate type " + std::string{type.name} +
                                  " is not registered: add .aggregate<...>() to its domain");
  }
  return index;
}

void AggregateReader::stream(std::string_view aggregate_type) {
  if (wanted_ != nullptr) {
    if (aggregate_type != wanted_->name) throw_wrong_type(id_, aggregate_type, wanted_->name);
    type_ = registered(registry_, *wanted_);
  } else {
    type_ = registry_.aggregate(aggregate_type);
    if (type_ == unknown_type) throw_wrong_type(id_, aggregate_type, "type of the loaded domains");
  }
  const AggregateType& type = wanted_ != nullptr ? *wanted_ : *registry_.aggregates()[type_].type;
  aggregate_ = type.create(id_);
}

void AggregateReader::snapshot(std::int32_t last, std::string_view json) {
  read_snapshot(*registry_.aggregates()[type_].type->state, json, AggregateAccess::state(*aggregate_));
  AggregateAccess::set_stored(*aggregate_, last);
}

void AggregateReader::state(std::int32_t last, const void* state) {
  registry_.aggregates()[type_].type->state->assign(AggregateAccess::state(*aggregate_), state);
  AggregateAccess::set_stored(*aggregate_, last);
}

void AggregateReader::event(const store::EventRow& row) {
  require_next(row, id_, AggregateAccess::stored(*aggregate_));
  decoder_.current(row.type, row.type_name, row.json, id_, row.sequence_number,
                   [&](TypeIndex type, std::string_view json) { fold(type, json, row.sequence_number); });
  AggregateAccess::set_stored(*aggregate_, row.sequence_number);
}

void AggregateReader::fold(TypeIndex type, std::string_view json, std::int32_t sequence_number) {
  if (const auto function = registry_.aggregates()[type_].folds[type]) {
    function(AggregateAccess::state(*aggregate_), decoder_.decode(type, json, id_, sequence_number));
  }
}

}  // namespace seriatim::core
