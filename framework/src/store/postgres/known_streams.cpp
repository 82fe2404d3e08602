#include "store/postgres/known_streams.hpp"

#include <utility>

#include "core/aggregate_access.hpp"
#include "store/postgres/array_text.hpp"

namespace seriatim::postgres {

void KnownStreams::loaded(const AggregateId& id, core::TypeIndex type, const LoadedStream& stream) {
  streams_.insert_or_assign(id, Stream{stream.last, type, stream.edition});
}

void KnownStreams::taken(const AggregateId& id, const core::CachedAggregate& kept) {
  streams_.insert_or_assign(id, Stream{core::AggregateAccess::stored(*kept.aggregate), kept.type, kept.edition});
  relied_.insert(id);
  unconfirmed_.insert(id);
}

void KnownStreams::appended(const AggregateId& id, std::size_t events) {
  const auto known = streams_.find(id);
  if (known != streams_.end()) known->second.version += static_cast<std::int32_t>(events);
}

bool KnownStreams::ends_with(const AggregateId& id, std::int32_t sequence_number) const {
  const auto known = streams_.find(id);
  return known != streams_.end() && known->second.version == sequence_number;
}

std::string KnownStreams::confirmation(const std::set<AggregateId>& ids, const Connection& connection) {
  ArrayText aggregates;
  ArrayText versions;
  ArrayText editions;
  for (const AggregateId& id : ids) {
    const Stream& stream = streams_.at(id);
    aggregates.add(id);
    versions.add(stream.version);
    editions.add_plain(stream.edition);
  }
  std::string call = "execute seriatim_require_kept(";
  const char* separator = "";
  for (const ArrayText* array : {&aggregates, &versions, &editions}) {
    call += std::exchange(separator, ",");
    array->append_to(call, connection);
  }
  for (const AggregateId& id : std::set<AggregateId>{ids}) confirmed(id);  // A copy: it may be the set that this changes.
  return call + ")";
}

std::vector<core::CachedAggregate> KnownStreams::to_keep(std::vector<std::unique_ptr<AggregateBase>> aggregates) const {
  std::vector<core::CachedAggregate> kept;
  for (std::unique_ptr<AggregateBase>& aggregate : aggregates) {
    const auto known = streams_.find(aggregate->id());
    if (known == streams_.end() || known->second.edition.empty()) continue;
    kept.push_back({known->second.type, std::move(aggregate), known->second.edition});
  }
  return kept;
}

}  // namespace seriatim::postgres
