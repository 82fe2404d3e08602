#pragma once
// A transaction that reads a store and keeps what it is given to itself.

#include <array>
#include <boost/uuid/uuid_hash.hpp>
#include <map>
#include <unordered_map>

#include "store/event_store.hpp"

namespace seriatim::core {

/// What a dry run would have stored so far, by aggregate.
struct DryRunStream {
  TypeIndex aggregate_type;
  std::int32_t stored;  ///< Number of the last event that is in the store; 0 for an aggregate of the dry run's own.
  std::vector<store::StreamAppend::NewEvent> events;
  std::vector<Timestamp> created_at;  ///< Of each of them.

  [[nodiscard]] std::int32_t version() const noexcept { return stored + static_cast<std::int32_t>(events.size()); }
};

/// The unique keys that a dry run gave (as JSON) or took (empty), by aggregate and scope.
using DryRunKeys = std::map<std::pair<AggregateId, std::string>, std::optional<std::string>>;

/// What a dry run would have stored so far.
struct DryRunStreams {
  std::unordered_map<AggregateId, DryRunStream, std::hash<AggregateId>> streams;
  DryRunKeys keys;
};

/// Loads from a transaction of the store and from `streams`; appends to `streams`, when it commits. Of the store's
/// transaction it calls what reads alone, and never commits it.
class DryRunTransaction final : public store::Transaction {
 public:
  /// The registry and the streams must outlive it.
  DryRunTransaction(std::unique_ptr<store::Transaction> store, const Registry& registry, DryRunStreams& streams)
      : store_{std::move(store)}, registry_{registry}, streams_{streams} {}

  bool load(const AggregateId& id, store::StreamReader& reader, TypeIndex snapshots_of) override;
  void load_all(std::span<const AggregateId> ids,
                const std::function<store::StreamReader&(const AggregateId&)>& reader_of,
                TypeIndex snapshots_of) override;
  bool load_past(const AggregateId& id, const store::PastPoint& point, store::StreamReader& reader) override;
  void append(const store::CommandRecord& command, std::span<const store::StreamAppend> streams,
              Timestamp created_at) override;
  void require_version(const AggregateId& id, std::int32_t version) override;
  /// Does nothing: a dry run takes no notice of idempotency keys.
  void store_receipts(const store::Receipts& receipts) override;
  /// A dry run calls no projector, so this throws.
  views::Persistor& persistor(std::size_t domain) override;
  /// Does nothing: what a statement of the application does is not foreseen.
  void run(const SqlStatement& statement) override;
  void attribute_to(std::string_view projector, const EventHeader& header, std::string_view event_type) override;
  [[nodiscard]] std::optional<AggregateId> find_unique_key(std::string_view scope, const std::string& key) override;
  void change_keys(const store::KeyChanges& changes) override;
  void commit() override;

 private:
  [[nodiscard]] std::array<const DryRunStreams*, 2> newest_first() const { return {&pending_, &streams_}; }
  [[nodiscard]] const DryRunStream* find(const AggregateId& id) const;
  [[nodiscard]] const DryRunKeys::mapped_type* find_key(const AggregateId& id, std::string_view scope) const;
  [[nodiscard]] std::string type_name(const AggregateId& id);
  [[nodiscard]] DryRunStream start(const store::StreamAppend& stream);

  std::unique_ptr<store::Transaction> store_;
  const Registry& registry_;
  DryRunStreams& streams_;
  DryRunStreams pending_;  ///< Of this transaction, with what came before it of the same aggregates.
};

}  // namespace seriatim::core
