#include "core/dry_run_transaction.hpp"

#include <utility>

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

/// Only asks whether there is a stream.
class Ignoring final : public store::StreamReader {
 public:
  void stream(std::string_view /*aggregate_type*/) override {}
  void event(const store::EventRow& /*row*/) override {}
};

[[noreturn]] void throw_exists(const AggregateId& id) {
  throw_error<ErrorCode::optimistic_locking>("aggregate " + uuid_text(id) +
                                             " exists already: load it instead of adding it, or give the new one its "
                                             "own id");
}

}  // namespace

const DryRunStream* DryRunTransaction::find(const AggregateId& id) const {
  for (const DryRunStreams* streams : {&pending_, static_cast<const DryRunStreams*>(&streams_)}) {
    const auto found = streams->find(id);
    if (found != streams->end()) return &found->second;
  }
  return nullptr;
}

bool DryRunTransaction::load(const AggregateId& id, store::StreamReader& reader) {
  const DryRunStream* stream = find(id);
  if (stream == nullptr) return store_->load(id, reader);
  if (stream->stored == 0) {
    reader.stream(registry_.aggregates()[stream->aggregate_type].type->name);
  } else {
    UpTo stored{reader, stream->stored};
    if (!store_->load(id, stored)) return false;  // Deleted meanwhile.
  }
  std::int32_t number = stream->stored;
  for (const store::StreamAppend::NewEvent& event : stream->events) {
    reader.event({++number, event.type, registry_.events()[event.type].type.name, event.json});
  }
  return true;
}

DryRunStream DryRunTransaction::start(const store::StreamAppend& stream) {
  if (const DryRunStream* known = find(stream.aggregate_id)) return *known;
  Ignoring nobody;
  if (stream.expected_version == 0 && store_->load(stream.aggregate_id, nobody)) throw_exists(stream.aggregate_id);
  return {stream.aggregate_type, stream.expected_version, {}};
}

void DryRunTransaction::append(const store::CommandRecord& /*command*/, std::span<const store::StreamAppend> streams,
                               Timestamp /*created_at*/) {
  for (const store::StreamAppend& stream : streams) {
    DryRunStream& kept = pending_.try_emplace(stream.aggregate_id, start(stream)).first->second;
    if (kept.version() != stream.expected_version) throw_exists(stream.aggregate_id);
    kept.events.insert(kept.events.end(), stream.events.begin(), stream.events.end());
  }
}

views::Persistor& DryRunTransaction::persistor(std::size_t /*domain*/) {
  throw_error<ErrorCode::usage>("a dry run has no views to write to");
}

void DryRunTransaction::run(const SqlStatement& /*statement*/) {}

void DryRunTransaction::attribute_to(std::string_view /*projector*/, const EventHeader& /*header*/,
                                     std::string_view /*event_type*/) {}

void DryRunTransaction::commit() {
  for (auto& [id, stream] : pending_) streams_.insert_or_assign(id, std::move(stream));
  pending_.clear();
}

}  // namespace seriatim::core
