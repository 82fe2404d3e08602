#include "core/unit_of_work.hpp"

namespace seriatim::core {
namespace {

[[noreturn]] void throw_wrong_type(const AggregateId& id, std::string_view actual, std::string_view wanted) {
  throw_error<ErrorCode::aggregate_type>("aggregate " + uuid_text(id) + " is a " + std::string{actual} + ", not a " +
                                         std::string{wanted});
}

}  // namespace

void throw_mismatch(const AggregateId& id, std::int32_t expected, std::int32_t actual) {
  throw SequenceNumberMismatch{"aggregate " + uuid_text(id) + " is at sequence number " + std::to_string(actual) +
                                   ", and the command expects " + std::to_string(expected) +
                                   ": look at it again before asking again",
                               expected, actual};
}

/// Folds a stored stream into a new aggregate.
class UnitOfWork::Restoring final : public store::StreamReader {
 public:
  Restoring(UnitOfWork& unit, const AggregateType& wanted, const AggregateId& id)
      : unit_{unit},
        wanted_{wanted},
        folds_{unit.registry_.aggregates()[unit.registry_.aggregate(wanted.name)].folds},
        aggregate_{wanted.create(id)} {}

  void stream(std::string_view aggregate_type) override {
    if (aggregate_type != wanted_.name) throw_wrong_type(aggregate_->id(), aggregate_type, wanted_.name);
  }

  void event(const store::EventRow& row) override {
    if (row.type == unknown_type) throw_unknown_event(row.type_name, aggregate_->id(), row.sequence_number);
    if (row.sequence_number != aggregate_->stored_ + 1) {
      throw_error<ErrorCode::integrity>("the stream of aggregate " + uuid_text(aggregate_->id()) +
                                        " is damaged: event " + std::to_string(row.sequence_number) + " follows event " +
                                        std::to_string(aggregate_->stored_));
    }
    if (const auto fold = folds_[row.type]) {
      fold(aggregate_->state_address(),
           unit_.decoder_.decode(row.type, row.json, aggregate_->id(), row.sequence_number));
    }
    aggregate_->stored_ = row.sequence_number;
  }

  std::unique_ptr<AggregateBase> take() { return std::move(aggregate_); }

 private:
  UnitOfWork& unit_;
  const AggregateType& wanted_;
  const std::vector<void (*)(void*, const void*)>& folds_;
  std::unique_ptr<AggregateBase> aggregate_;
};

AggregateBase* UnitOfWork::find(const AggregateType& type, const AggregateId& id) {
  const auto found = entries_.find(id);
  Entry* entry = found == entries_.end() ? restore(type, id) : found->second.get();
  if (entry == nullptr) {
    check_version(id, 0);
    return nullptr;
  }
  if (entry->type->name != type.name) throw_wrong_type(id, entry->type->name, type.name);
  touch(*entry);
  return entry->aggregate.get();
}

UnitOfWork::Entry* UnitOfWork::restore(const AggregateType& type, const AggregateId& id) {
  if (registry_.aggregate(type.name) == unknown_type) {
    throw_error<ErrorCode::usage>("aggregate type " + std::string{type.name} +
                                  " is not registered: add .aggregate<...>() to its domain");
  }
  Restoring restoring{*this, type, id};
  if (!transaction_.load(id, restoring)) return nullptr;
  return entries_.emplace(id, std::make_unique<Entry>(Entry{&type, restoring.take()})).first->second.get();
}

AggregateBase& UnitOfWork::add(const AggregateType& type, std::unique_ptr<AggregateBase> aggregate) {
  const AggregateId id = aggregate->id();
  const auto [position, added] = entries_.try_emplace(id);
  if (!added) {
    throw_error<ErrorCode::non_unique_aggregate>("aggregate " + uuid_text(id) +
                                                 " was added twice in one transaction: give each its own id");
  }
  position->second = std::make_unique<Entry>(Entry{&type, std::move(aggregate)});
  touch(*position->second);
  return *position->second->aggregate;
}

void UnitOfWork::begin_command(const AggregateId& id, std::optional<std::int32_t> expected_version) {
  ++command_;
  touched_.clear();
  expected_id_ = id;
  expected_version_ = expected_version;
  met_ = false;
  const auto known = entries_.find(id);
  if (known != entries_.end()) check_version(id, known->second->aggregate->stored_);
}

void UnitOfWork::check_version(const AggregateId& id, std::int32_t version) {
  if (!expected_version_ || met_ || id != expected_id_) return;
  if (version != *expected_version_) throw_mismatch(id, *expected_version_, version);
  met_ = true;
}

void UnitOfWork::touch(Entry& entry) {
  check_version(entry.aggregate->id_, entry.aggregate->stored_);
  if (entry.touched_by == command_) return;
  entry.touched_by = command_;
  touched_.push_back(&entry);
}

Changes UnitOfWork::take_changes(Timestamp now) {
  Changes changes;
  for (Entry* entry : touched_) {
    AggregateBase& aggregate = *entry->aggregate;
    if (aggregate.uncommitted_.empty()) continue;
    store::StreamAppend stream{aggregate.id_, registry_.aggregate(entry->type->name), aggregate.stored_, {}};
    for (AggregateBase::Uncommitted& event : aggregate.uncommitted_) {
      const TypeIndex type = registry_.event(event.type.name);
      std::string json;
      attributes::write_json(json, *event.type.attributes, event.event.get());
      stream.events.push_back({type, std::move(json)});
      changes.events.push_back({{aggregate.id_, ++aggregate.stored_, now}, type, std::move(event.event)});
    }
    aggregate.uncommitted_.clear();
    changes.streams.push_back(std::move(stream));
  }
  return changes;
}

}  // namespace seriatim::core

namespace seriatim {

AggregateBase& Repository::load(const AggregateType& type, const AggregateId& id) {
  if (AggregateBase* aggregate = unit_.find(type, id)) return *aggregate;
  throw_error<ErrorCode::aggregate_not_found>("there is no " + std::string{type.name} + " with id " + uuid_text(id));
}

AggregateBase* Repository::find(const AggregateType& type, const AggregateId& id) { return unit_.find(type, id); }

AggregateBase& Repository::add(const AggregateType& type, std::unique_ptr<AggregateBase> aggregate) {
  return unit_.add(type, std::move(aggregate));
}

}  // namespace seriatim
