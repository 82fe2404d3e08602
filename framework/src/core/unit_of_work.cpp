#include "core/unit_of_work.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "core/aggregate_reader.hpp"
#include "core/stream_checks.hpp"

namespace seriatim::core {
namespace {

[[noreturn]] void throw_not_found(const AggregateType& type, std::span<const AggregateId> ids) {
  std::string text = "there is no " + std::string{type.name} + " with id ";
  for (std::size_t i = 0; i < ids.size(); ++i) text += (i == 0 ? "" : i + 1 == ids.size() ? " or " : ", ") + uuid_text(ids[i]);
  throw_error<ErrorCode::aggregate_not_found>(text);
}

}  // namespace

void throw_mismatch(const AggregateId& id, std::int32_t expected, std::int32_t actual) {
  throw SequenceNumberMismatch{"aggregate " + uuid_text(id) + " is at sequence number " + std::to_string(actual) +
                                   ", and the command expects " + std::to_string(expected) +
                                   ": look at it again before asking again",
                               expected, actual};
}

AggregateBase* UnitOfWork::find(const AggregateType& type, const AggregateId& id) {
  const auto found = entries_.find(id);
  Entry* entry = found == entries_.end() ? restore(type, id) : found->second.get();
  if (entry != nullptr) return &touch_as(type, *entry);
  check_version(id, 0);
  return nullptr;
}

AggregateBase& UnitOfWork::touch_as(const AggregateType& type, Entry& entry) {
  if (entry.type->name != type.name) throw_wrong_type(entry.aggregate->id(), entry.type->name, type.name);
  touch(entry);
  return *entry.aggregate;
}

UnitOfWork::Entry* UnitOfWork::restore(const AggregateType& type, const AggregateId& id) {
  AggregateReader reader{registry_, decoder_, id, &type};
  if (!transaction_.load(id, reader, registered(registry_, type))) return nullptr;
  return keep(type, reader.take());
}

UnitOfWork::Entry* UnitOfWork::keep(const AggregateType& type, std::unique_ptr<AggregateBase> aggregate) {
  const AggregateId id = aggregate->id();
  Entry& entry = *entries_.emplace(id, std::make_unique<Entry>(Entry{&type, std::move(aggregate)})).first->second;
  entry.stored_keys = keys_of(type, entry.aggregate->state_address());
  return &entry;
}

std::vector<AggregateBase*> UnitOfWork::find_all(const AggregateType& type, std::span<const AggregateId> ids) {
  if (const std::vector<AggregateId> missing = unknown(ids); !missing.empty()) restore_all(type, missing);
  std::vector<AggregateBase*> aggregates;
  aggregates.reserve(ids.size());
  for (const AggregateId& id : ids) aggregates.push_back(&touch_as(type, *entries_.at(id)));
  return aggregates;
}

std::vector<AggregateId> UnitOfWork::unknown(std::span<const AggregateId> ids) const {
  std::vector<AggregateId> missing;
  std::set<AggregateId> seen;
  std::copy_if(ids.begin(), ids.end(), std::back_inserter(missing),
               [&](const AggregateId& id) { return entries_.count(id) == 0 && seen.insert(id).second; });
  return missing;
}

void UnitOfWork::restore_all(const AggregateType& type, std::span<const AggregateId> ids) {
  std::map<AggregateId, AggregateReader> found;
  const auto reader_of = [&](const AggregateId& id) -> store::StreamReader& {
    return found.try_emplace(id, registry_, decoder_, id, &type).first->second;
  };
  transaction_.load_all(ids, reader_of, registered(registry_, type));
  std::vector<AggregateId> missing;
  std::copy_if(ids.begin(), ids.end(), std::back_inserter(missing),
               [&](const AggregateId& id) { return found.count(id) == 0; });
  if (!missing.empty()) throw_not_found(type, missing);
  for (auto& [id, reader] : found) keep(type, reader.take());
}

const AggregateBase* UnitOfWork::find_past(const AggregateType& type, const AggregateId& id,
                                           const store::PastPoint& point) {
  AggregateReader reader{registry_, decoder_, id, &type};
  if (!transaction_.load_past(id, point, reader)) return nullptr;
  return past_.emplace_back(reader.take()).get();
}

AggregateBase* UnitOfWork::find_by_unique_key(const AggregateType& type, std::string_view scope, const UniqueKey& key) {
  if (type.unique_keys == nullptr) {
    throw_error<ErrorCode::usage>("aggregate type " + std::string{type.name} +
                                  " declares no unique keys: add `static seriatim::UniqueKeys unique_keys(const State&)`");
  }
  if (key.absent()) return nullptr;
  for (const auto& [id, entry] : entries_) {
    if (has_key(*entry, scope, key)) return find(type, id);
  }
  const std::optional<AggregateId> holder = transaction_.find_unique_key(scope, key.json());
  // One of this unit of work that does not have the key, as was just seen, has given it up.
  if (!holder || entries_.count(*holder) != 0) return nullptr;
  AggregateBase* aggregate = find(type, *holder);
  // Another writer may have changed the key between the look-up and the load.
  return aggregate != nullptr && has_key(*entries_.at(*holder), scope, key) ? aggregate : nullptr;
}

bool UnitOfWork::has_key(const Entry& entry, std::string_view scope, const UniqueKey& key) {
  if (entry.type->unique_keys == nullptr) return false;
  const UniqueKeys keys = entry.type->unique_keys(entry.aggregate->state_address());
  const UniqueKey* found = keys.find(scope);
  return found != nullptr && *found == key;
}

AggregateBase& UnitOfWork::add(const AggregateType& type, std::unique_ptr<AggregateBase> aggregate) {
  (void)registered(registry_, type);
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
    if (aggregate.stored_ == 0) {
      stream.partition_key = keys_of(*entry->type, aggregate.state_address()).partition;
      entry->stored_keys.partition = stream.partition_key;
    }
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

store::KeyChanges UnitOfWork::key_changes() const {
  store::KeyChanges changes;
  for (const auto& [id, entry] : entries_) {
    if (entry->aggregate->stored_ == 0) continue;
    add_difference(changes, id, entry->stored_keys, keys_of(*entry->type, entry->aggregate->state_address()));
  }
  return changes;
}

std::vector<std::unique_ptr<AggregateBase>> UnitOfWork::release() {
  std::vector<std::unique_ptr<AggregateBase>> aggregates;
  aggregates.reserve(entries_.size());
  for (auto& [id, entry] : entries_) {
    if (entry->aggregate->stored_ != 0) aggregates.push_back(std::move(entry->aggregate));
  }
  entries_.clear();
  touched_.clear();
  return aggregates;
}

UniqueKeys UnitOfWork::unique_keys(const AggregateId& id) const {
  const auto found = entries_.find(id);
  return found == entries_.end() ? UniqueKeys{} : found->second->stored_keys.unique;
}

}  // namespace seriatim::core

namespace seriatim {

AggregateBase& Repository::load(const AggregateType& type, const AggregateId& id) {
  if (AggregateBase* aggregate = unit_.find(type, id)) return *aggregate;
  core::throw_not_found(type, {&id, 1});
}

std::vector<AggregateBase*> Repository::load_all(const AggregateType& type, std::span<const AggregateId> ids) {
  return unit_.find_all(type, ids);
}

const AggregateBase& Repository::load_at(const AggregateType& type, const AggregateId& id,
                                         std::int32_t sequence_number) {
  if (sequence_number < 1) {
    throw_error<ErrorCode::usage>("events are numbered from 1, so there is no state at event " +
                                  std::to_string(sequence_number) + " of aggregate " + uuid_text(id));
  }
  const AggregateBase* aggregate = unit_.find_past(type, id, sequence_number);
  if (aggregate == nullptr) core::throw_not_found(type, {&id, 1});
  if (aggregate->sequence_number() == sequence_number) return *aggregate;
  core::throw_no_event(id, sequence_number, aggregate->sequence_number());
}

const AggregateBase& Repository::load_until(const AggregateType& type, const AggregateId& id, Timestamp moment) {
  if (const AggregateBase* aggregate = unit_.find_past(type, id, moment)) return *aggregate;
  throw_error<ErrorCode::aggregate_not_found>("there was no " + std::string{type.name} + " with id " + uuid_text(id) +
                                              " at " + to_string(moment, 6));
}

AggregateBase* Repository::find(const AggregateType& type, const AggregateId& id) { return unit_.find(type, id); }

AggregateBase* Repository::find_by_unique_key(const AggregateType& type, std::string_view scope, const UniqueKey& key) {
  return unit_.find_by_unique_key(type, scope, key);
}

AggregateBase& Repository::add(const AggregateType& type, std::unique_ptr<AggregateBase> aggregate) {
  return unit_.add(type, std::move(aggregate));
}

}  // namespace seriatim
