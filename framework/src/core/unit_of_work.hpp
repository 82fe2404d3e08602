#pragma once
// The unit of work of one `execute`: the identity map and what the aggregates in it applied.

#include <boost/uuid/uuid_hash.hpp>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "core/aggregate_keys.hpp"
#include "core/event_decoder.hpp"
#include "seriatim/repository.hpp"
#include "store/event_store.hpp"

namespace seriatim::core {

/// Throws a SequenceNumberMismatch that names both numbers.
[[noreturn]] void throw_mismatch(const AggregateId& id, std::int32_t expected, std::int32_t actual);

/// An applied event with its header: what is published to projectors.
struct AppliedEvent {
  EventHeader header;
  TypeIndex type;
  attributes::Value event;
};

/// What one command changed: the streams as the store wants them, and the same events as projectors want them.
struct Changes {
  std::vector<store::StreamAppend> streams;
  std::vector<AppliedEvent> events;  ///< Per aggregate, in the order in which the command touched the aggregates.
};

/// Not thread-safe.
class UnitOfWork {
 public:
  UnitOfWork(const Registry& registry, store::Transaction& transaction, EventDecoder& decoder)
      : registry_{registry}, transaction_{transaction}, decoder_{decoder} {}

  AggregateBase* find(const AggregateType& type, const AggregateId& id);
  AggregateBase* find_by_unique_key(const AggregateType& type, std::string_view scope, const UniqueKey& key);
  /// In the order of the ids. Error(aggregate_not_found) naming all that are missing.
  [[nodiscard]] std::vector<AggregateBase*> find_all(const AggregateType& type, std::span<const AggregateId> ids);
  /// As it was then; outside of the identity map. Nullptr when it was not there.
  [[nodiscard]] const AggregateBase* find_past(const AggregateType& type, const AggregateId& id,
                                               const store::PastPoint& point);
  AggregateBase& add(const AggregateType& type, std::unique_ptr<AggregateBase> aggregate);

  /// Starts a command: aggregates count as touched from here on. When the command expects a version of its aggregate,
  /// another one is a SequenceNumberMismatch as soon as the aggregate is known.
  void begin_command(const AggregateId& id, std::optional<std::int32_t> expected_version);

  /// Whether the version that the command expects was seen to be the right one.
  [[nodiscard]] bool expectation_met() const noexcept { return met_; }

  /// Takes what the aggregates applied since the last call.
  [[nodiscard]] Changes take_changes(Timestamp now);

  /// How the keys of the stored aggregates, and of those whose events were taken, differ from those that are stored.
  [[nodiscard]] store::KeyChanges key_changes() const;

  /// The unique keys of an aggregate that was loaded, as its stored events say; none when it was not loaded.
  [[nodiscard]] UniqueKeys unique_keys(const AggregateId& id) const;

  /// Gives away the aggregates that have events, for Transaction::keep. What was handed out dangles after that.
  [[nodiscard]] std::vector<std::unique_ptr<AggregateBase>> release();

 private:
  struct Entry {
    const AggregateType* type;
    std::unique_ptr<AggregateBase> aggregate;
    std::uint64_t touched_by = 0;  ///< The command that touched it last.
    AggregateKeys stored_keys{};   ///< Those that the store has, or gets with the first events.
  };

  void check_version(const AggregateId& id, std::int32_t version);
  Entry* restore(const AggregateType& type, const AggregateId& id);
  void restore_all(const AggregateType& type, std::span<const AggregateId> ids);
  Entry* keep(const AggregateType& type, std::unique_ptr<AggregateBase> aggregate);
  [[nodiscard]] std::vector<AggregateId> unknown(std::span<const AggregateId> ids) const;
  AggregateBase& touch_as(const AggregateType& type, Entry& entry);
  void touch(Entry& entry);
  [[nodiscard]] static bool has_key(const Entry& entry, std::string_view scope, const UniqueKey& key);

  const Registry& registry_;
  store::Transaction& transaction_;
  EventDecoder& decoder_;
  std::unordered_map<AggregateId, std::unique_ptr<Entry>, std::hash<AggregateId>> entries_;
  std::vector<Entry*> touched_;
  std::vector<std::unique_ptr<AggregateBase>> past_;  ///< Handed out as they were; never stored.
  std::uint64_t command_ = 1;
  AggregateId expected_id_{};  ///< Of the command's aggregate.
  std::optional<std::int32_t> expected_version_;
  bool met_ = false;
};

}  // namespace seriatim::core
