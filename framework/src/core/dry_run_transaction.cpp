#include "core/dry_run_transaction.hpp"

#include <algorithm>
#include <utility>

#include "core/unit_of_work.hpp"

namespace seriatim::core {
namespace {

/// Passes a stream on up to one of its events.
class UpTo final : public store::StreamReader {
 public:
  UpTo(store::StreamReader& reader, std::int32_t last) : reader_{reader}, last_{last} {}
  void stream(std::string_view aggregate_type) override { reader_.stream(aggregate_type); }
  void event(const store::EventRow& row) override {
    if (row.sequence_number <= last_) reader_.event(row);
  }

 private:
  store::StreamReader& reader_;
  std::int32_t last_;
};

/// Only asks whether there is a stream, of what, and how long.
class Ignoring final : public store::StreamReader {
 public:
  void stream(std::string_view aggregate_type) override { type = aggregate_type; }
  void event(const store::EventRow& row) override { last = row.sequence_number; }
  std::string type;
  std::int32_t last = 0;
};

/// How many events of a dry run lie before a point.
std::size_t events_before(const DryRunStream& stream, const store::PastPoint& point) {
  if (const auto* number = std::get_if<std::int32_t>(&point)) {
    const std::int32_t wanted = std::min(*number, stream.version()) - stream.stored;
    return wanted > 0 ? static_cast<std::size_t>(wanted) : 0;
  }
  const auto later = [&](Timestamp created_at) { return created_at > std::get<Timestamp>(point); };
  const auto first = std::find_if(stream.created_at.begin(), stream.created_at.end(), later);
  return static_cast<std::size_t>(first - stream.created_at.begin());
}

[[noreturn]] void throw_exists(const AggregateId& id) {
  throw_error<ErrorCode::optimistic_locking>("aggregate " + uuid_text(id) +
                                             " exists already: load it instead of adding it, or give the new one its "
                                             "own id");
}

}  // namespace

const DryRunStream* DryRunTransaction::find(const AggregateId& id) const {
  for (const DryRunStreams* known : newest_first()) {
    const auto found = known->streams.find(id);
    if (found != known->streams.end()) return &found->second;
  }
  return nullptr;
}

bool DryRunTransaction::load(const AggregateId& id, store::StreamReader& reader, TypeIndex snapshots_of) {
  const DryRunStream* stream = find(id);
  return stream == nullptr ? store_->load(id, reader, snapshots_of) : load_past(id, stream->version(), reader);
}

void DryRunTransaction::load_all(std::span<const AggregateId> ids,
                                 const std::function<store::StreamReader&(const AggregateId&)>& reader_of,
                                 TypeIndex snapshots_of) {
  std::vector<AggregateId> untouched;
  for (const AggregateId& id : ids) {
    if (find(id) == nullptr) {
      untouched.push_back(id);
    } else {
      load(id, reader_of(id), snapshots_of);
    }
  }
  if (!untouched.empty()) store_->load_all(untouched, reader_of, snapshots_of);
}

bool DryRunTransaction::load_past(const AggregateId& id, const store::PastPoint& point, store::StreamReader& reader) {
  const DryRunStream* stream = find(id);
  if (stream == nullptr) return store_->load_past(id, point, reader);
  const std::size_t own = events_before(*stream, point);
  if (stream->stored == 0) {
    if (own == 0) return false;
    reader.stream(registry_.aggregates()[stream->aggregate_type].type->name);
  } else {
    UpTo stored{reader, stream->stored};
    const bool there = own == 0 ? store_->load_past(id, point, stored)
                                : store_->load(id, stored, unknown_type);
    if (!there) return false;  // Not there yet, or deleted meanwhile.
  }
  std::int32_t number = stream->stored;
  for (const store::StreamAppend::NewEvent& event : std::span{stream->events}.first(own)) {
    reader.event({++number, event.type, registry_.events()[event.type].type.name, event.json});
  }
  return true;
}

DryRunStream DryRunTransaction::start(const store::StreamAppend& stream) {
  if (const DryRunStream* known = find(stream.aggregate_id)) return *known;
  Ignoring nobody;
  if (stream.expected_version == 0 && store_->load(stream.aggregate_id, nobody, unknown_type)) throw_exists(stream.aggregate_id);
  return {stream.aggregate_type, stream.expected_version, {}, {}};
}

void DryRunTransaction::append(const store::CommandRecord& /*command*/, std::span<const store::StreamAppend> streams,
                               Timestamp created_at) {
  for (const store::StreamAppend& stream : streams) {
    DryRunStream& kept = pending_.streams.try_emplace(stream.aggregate_id, start(stream)).first->second;
    if (kept.version() != stream.expected_version) throw_exists(stream.aggregate_id);
    kept.events.insert(kept.events.end(), stream.events.begin(), stream.events.end());
    kept.created_at.resize(kept.events.size(), created_at);
  }
}

void DryRunTransaction::require_version(const AggregateId& id, std::int32_t version) {
  std::int32_t actual = 0;
  if (const DryRunStream* stream = find(id)) {
    actual = stream->version();
  } else {
    Ignoring stored;
    (void)store_->load(id, stored, unknown_type);
    actual = stored.last;
  }
  if (actual != version) throw_mismatch(id, version, actual);
}

void DryRunTransaction::store_receipts(const store::Receipts& /*receipts*/) {}

views::Persistor& DryRunTransaction::persistor(std::size_t /*domain*/) {
  throw_error<ErrorCode::usage>("a dry run has no views to write to");
}

void DryRunTransaction::run(const SqlStatement& /*statement*/) {}

void DryRunTransaction::attribute_to(std::string_view /*projector*/, const EventHeader& /*header*/,
                                     std::string_view /*event_type*/) {}

const DryRunKeys::mapped_type* DryRunTransaction::find_key(const AggregateId& id, std::string_view scope) const {
  for (const DryRunStreams* known : newest_first()) {
    const auto found = known->keys.find({id, std::string{scope}});
    if (found != known->keys.end()) return &found->second;
  }
  return nullptr;
}

std::optional<AggregateId> DryRunTransaction::find_unique_key(std::string_view scope, const std::string& key) {
  for (const DryRunStreams* known : newest_first()) {
    for (const auto& [place, given] : known->keys) {
      if (place.second == scope && given == key && *find_key(place.first, scope) == key) return place.first;
    }
  }
  const std::optional<AggregateId> holder = store_->find_unique_key(scope, key);
  // What the dry run changed of that aggregate was just looked through.
  if (!holder || find_key(*holder, scope) != nullptr) return std::nullopt;
  return holder;
}

std::string DryRunTransaction::type_name(const AggregateId& id) {
  if (const DryRunStream* stream = find(id)) {
    return std::string{registry_.aggregates()[stream->aggregate_type].type->name};
  }
  Ignoring stored;
  (void)store_->load(id, stored, unknown_type);
  return stored.type;
}

void DryRunTransaction::change_keys(const store::KeyChanges& changes) {
  for (const store::UniqueKeyChange& change : changes.unique_keys) {
    pending_.keys[{change.aggregate_id, change.scope}].reset();
  }
  for (const store::UniqueKeyChange& change : changes.unique_keys) {
    if (!change.key) continue;
    if (const std::optional<AggregateId> holder = find_unique_key(change.scope, *change.key)) {
      throw AggregateKeyNotUnique{{type_name(change.aggregate_id), change.aggregate_id, change.scope, *change.key, holder}};
    }
    pending_.keys[{change.aggregate_id, change.scope}] = change.key;
  }
}

void DryRunTransaction::commit() {
  for (auto& [id, stream] : pending_.streams) streams_.streams.insert_or_assign(id, std::move(stream));
  for (auto& [place, key] : pending_.keys) streams_.keys.insert_or_assign(place, std::move(key));
  pending_ = {};
}

}  // namespace seriatim::core
