#include "store/memory/memory_transaction.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace seriatim::memory {
namespace {

/// How many events lie before a point: those before the first one that is later.
std::size_t events_before(const MemoryStream& stream, const store::PastPoint& point) {
  if (const auto* number = std::get_if<std::int32_t>(&point)) {
    return static_cast<std::size_t>(std::clamp(*number, 0, stream.version()));
  }
  const auto later = [&](const EventPtr& event) { return event->created_at > std::get<Timestamp>(point); };
  const auto first = std::find_if(stream.events.begin(), stream.events.end(), later);
  return static_cast<std::size_t>(first - stream.events.begin());
}

void refuse_two_parts(std::span<const store::StreamAppend> streams) {
  std::set<AggregateId> seen;
  for (const store::StreamAppend& stream : streams) {
    if (seen.insert(stream.aggregate_id).second) continue;
    throw_error<ErrorCode::integrity>("the events of aggregate " + uuid_text(stream.aggregate_id) +
                                      " come in two parts, which cannot both continue its stream: append them as one");
  }
}

}  // namespace

MemoryTransaction::~MemoryTransaction() { roll_back(); }

void MemoryTransaction::roll_back() noexcept {
  failure_ = std::current_exception();
  if (!entered_) return;
  undo_.undo();
  entered_ = false;
  store_.end_turn();
}

std::optional<MemoryStream> MemoryTransaction::stream(const AggregateId& id) const {
  std::optional<MemoryStream> found;
  {
    const std::scoped_lock lock{store_.mutex_};
    const auto stored = store_.data_.streams.find(id);
    if (stored != store_.data_.streams.end()) found = stored->second;
  }
  const auto own = writes_.streams.find(id);
  if (own == writes_.streams.end()) return found;
  if (!found) found = MemoryStream{own->second.type, own->second.partition_key, {}};
  found->events.insert(found->events.end(), own->second.events.begin(), own->second.events.end());
  return found;
}

void MemoryTransaction::read(const MemoryStream& stream, std::size_t count, store::StreamReader& reader) const {
  reader.stream(store_.registry_.aggregates()[stream.type].type->name);
  for (std::size_t i = 0; i < count; ++i) {
    const MemoryEvent& event = *stream.events[i];
    reader.event({static_cast<std::int32_t>(i) + 1, event.type, store_.registry_.events()[event.type].type.name,
                  event.json});
  }
}

bool MemoryTransaction::load(const AggregateId& id, store::StreamReader& reader, core::TypeIndex /*snapshots_of*/) {
  const std::optional<MemoryStream> found = stream(id);
  if (found) read(*found, found->events.size(), reader);
  return found.has_value();
}

void MemoryTransaction::load_all(std::span<const AggregateId> ids,
                                 const std::function<store::StreamReader&(const AggregateId&)>& reader_of,
                                 core::TypeIndex /*snapshots_of*/) {
  for (const AggregateId& id : ids) {
    if (const std::optional<MemoryStream> found = stream(id)) read(*found, found->events.size(), reader_of(id));
  }
}

bool MemoryTransaction::load_past(const AggregateId& id, const store::PastPoint& point, store::StreamReader& reader) {
  const std::optional<MemoryStream> found = stream(id);
  if (!found) return false;
  const std::size_t count = events_before(*found, point);
  if (count == 0) return false;
  read(*found, count, reader);
  return true;
}

void MemoryTransaction::append(const store::CommandRecord& command, std::span<const store::StreamAppend> streams,
                               Timestamp created_at) {
  refuse_two_parts(streams);
  writes_.commands.push_back({command.type, *command.command, command.json});
  for (const store::StreamAppend& stream : streams) {
    if (!stream.events.empty()) append(stream, created_at);
  }
}

void MemoryTransaction::append(const store::StreamAppend& stream, Timestamp created_at) {
  MemoryAppend& added =
      writes_.streams
          .try_emplace(stream.aggregate_id,
                       MemoryAppend{stream.aggregate_type, stream.expected_version, stream.partition_key, {}})
          .first->second;
  if (stream.expected_version > added.after()) {
    throw_error<ErrorCode::integrity>("event " + std::to_string(stream.expected_version + 1) + " of aggregate " +
                                      uuid_text(stream.aggregate_id) + " would leave a gap, because its last event is number " +
                                      std::to_string(added.after()));
  }
  if (stream.expected_version < added.after()) {
    throw_error<ErrorCode::optimistic_locking>("aggregate " + uuid_text(stream.aggregate_id) + " is at event " +
                                               std::to_string(added.after()) + " in this transaction, not at " +
                                               std::to_string(stream.expected_version));
  }
  for (const store::StreamAppend::NewEvent& event : stream.events) {
    added.events.push_back(
        std::make_shared<const MemoryEvent>(MemoryEvent{event.type, event.json, created_at, writes_.commands.size() - 1}));
    writes_.log.push_back({stream.aggregate_id, added.after()});
  }
}

/// The version that was stored before the transaction: what it appended itself is in its own hands.
void MemoryTransaction::require_version(const AggregateId& id, std::int32_t version) {
  const auto own = writes_.streams.find(id);
  const std::int32_t appended =
      own == writes_.streams.end() ? 0 : static_cast<std::int32_t>(own->second.events.size());
  writes_.required.insert_or_assign(id, version - appended);
}

void MemoryTransaction::store_receipts(const store::Receipts& receipts) { writes_.receipts.push_back(receipts); }

views::Persistor& MemoryTransaction::persistor(std::size_t domain) {
  if (persistors_.size() <= domain) persistors_.resize(domain + 1);
  if (persistors_[domain] == nullptr) {
    persistors_[domain] = std::make_unique<MemoryPersistor>(*this, store_.tables_[domain]);
  }
  return *persistors_[domain];
}

void MemoryTransaction::run(const SqlStatement& /*statement*/) {
  throw_error<ErrorCode::usage>(
      "a statement of the application takes a database, and this store is in memory: run the test on PostgreSQL");
}

void MemoryTransaction::attribute_to(std::string_view projector, const EventHeader& header,
                                     std::string_view event_type) {
  origin_ = {projector, header, event_type};
}

std::optional<AggregateId> MemoryTransaction::find_unique_key(std::string_view scope, const std::string& key) {
  const std::scoped_lock lock{store_.mutex_};
  const auto found = store_.data_.key_holders.find({std::string{scope}, key});
  if (found == store_.data_.key_holders.end()) return std::nullopt;
  return found->second;
}

void MemoryTransaction::change_keys(const store::KeyChanges& changes) { writes_.keys = changes; }

void MemoryTransaction::require_sound() const {
  if (failure_) std::rethrow_exception(failure_);
}

void MemoryTransaction::perform(Operation operation) {
  require_sound();
  Collected collected{origin_, std::move(operation)};
  if (!entered_) {
    collected_.push_back(std::move(collected));
    return;
  }
  try {
    carry_out(collected);
  } catch (...) {
    roll_back();
    throw;
  }
}

UndoLog& MemoryTransaction::enter() {
  require_sound();
  if (entered_) return undo_;
  store_.take_turn();
  entered_ = true;
  carry_out_collected();
  return undo_;
}

void MemoryTransaction::carry_out_collected() {
  try {
    {
      const std::scoped_lock lock{store_.mutex_};
      check_streams(store_.data_, writes_, store_.registry_);
    }
    for (const Collected& collected : std::exchange(collected_, {})) carry_out(collected);
  } catch (...) {
    roll_back();
    throw;
  }
}

void MemoryTransaction::carry_out(const Collected& collected) {
  try {
    collected.operation(undo_);
  } catch (const Error& error) {
    const Origin& origin = collected.origin;
    throw core::PublishError{origin.projector, origin.event_type, origin.header, error.what()};
  }
}

void MemoryTransaction::commit() {
  enter();
  try {
    store();
  } catch (...) {
    roll_back();
    throw;
  }
  undo_.forget();
  entered_ = false;
  store_.end_turn();
}

void MemoryTransaction::store() {
  const std::scoped_lock lock{store_.mutex_};
  check_streams(store_.data_, writes_, store_.registry_);
  apply(store_.data_, std::move(writes_), store_.registry_);
}

}  // namespace seriatim::memory
