#pragma once
// The event-store port: what the core needs of a place to keep events. Implementations: store/postgres.

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/registry.hpp"
#include "seriatim/command_service.hpp"
#include "seriatim/errors.hpp"
#include "views/live_views.hpp"
#include "views/persistor.hpp"

namespace seriatim::store {

/// One event as a fold needs it (not when it happened: states depend on attributes alone). The views are valid during the
/// call that hands it over.
struct EventRow {
  std::int32_t sequence_number;
  core::TypeIndex type;        ///< unknown_type when no loaded domain declares it.
  std::string_view type_name;  ///< Always set.
  std::string_view json;       ///< The attributes alone.
};

/// Receives a stream, in order of sequence number.
class StreamReader {
 public:
  virtual ~StreamReader() = default;
  /// Called before the events. May throw to stop. Called again when the stream is read again from its beginning.
  virtual void stream(std::string_view aggregate_type) = 0;
  /// The state after event `last`, in place of the events up to it. Only for a reader that asked for snapshots. When it
  /// throws Error(deserialization), the stream is read again, without.
  virtual void snapshot(std::int32_t /*last*/, std::string_view /*json*/) {}
  /// The state after event `last`, in place of the events up to it: an object of the aggregate type's State, to be copied. Only
  /// stores that keep aggregates call it, see Transaction::keep, and only in transactions that are not begun anew.
  virtual void state(std::int32_t /*last*/, const void* /*state*/) {
    throw_error<ErrorCode::usage>("this reader takes events alone: read in a transaction that is begun anew");
  }
  virtual void event(const EventRow& row) = 0;
};

/// A point in the life of an aggregate: the number of an event; or a moment, which is after the last event before the
/// first one that is later.
using PastPoint = std::variant<std::int32_t, Timestamp>;

/// New events of one aggregate.
struct StreamAppend {
  AggregateId aggregate_id;
  core::TypeIndex aggregate_type;
  std::int32_t expected_version;  ///< Number of the last stored event; 0 for a new aggregate.
  struct NewEvent {
    core::TypeIndex type;
    std::string json;
  };
  std::vector<NewEvent> events;
  std::string partition_key{};  ///< Of a new aggregate: where its events belong.
};

/// The key that an aggregate has in a scope from now on; none when `key` is empty. JSON.
struct UniqueKeyChange {
  AggregateId aggregate_id;
  std::string scope;
  std::optional<std::string> key;
};

/// The partition that the events of a stored aggregate belong in from now on.
struct PartitionKeyChange {
  AggregateId aggregate_id;
  std::string partition_key;
};

/// What a unit of work changed about its aggregates beyond their events. At most one entry for an aggregate (and scope).
struct KeyChanges {
  std::vector<UniqueKeyChange> unique_keys;
  std::vector<PartitionKeyChange> partition_keys;
};

/// The command that caused the events.
struct CommandRecord {
  core::TypeIndex type;
  const Command* command;
  std::string json;  ///< Its own attributes alone.
};

/// What a call with idempotency keys came to, as it is remembered.
struct Receipts {
  std::vector<std::string> keys;
  std::string request;  ///< Everything that tells it from other requests. The store keeps a hash of it.
  std::string outcome;  ///< JSON.
};

/// A receipt that is there.
struct FoundReceipt {
  std::string key;
  bool same_request;  ///< It is that of the request that was asked about.
  std::string outcome;
};

/// One transaction of the store. Rolls back when destroyed without `commit`. Not thread-safe. Everything that does
/// not need an answer may be sent as late as `commit`; errors of it are thrown there.
class Transaction {
 public:
  virtual ~Transaction() = default;

  /// Reads an aggregate's events, from the newest snapshot of aggregate type `snapshots_of` on, if one is given. In
  /// constant memory. False when there is no such aggregate.
  virtual bool load(const AggregateId& id, StreamReader& reader,
                    core::TypeIndex snapshots_of = core::unknown_type) = 0;

  /// Reads several aggregates by one query, each into the reader that `reader_of` gives for it, and asks for none for those
  /// that are missing. The ids are different ones.
  virtual void load_all(std::span<const AggregateId> ids, const std::function<StreamReader&(const AggregateId&)>& reader_of,
                        core::TypeIndex snapshots_of) = 0;

  /// Reads an aggregate's events up to a point, from the first one on, what this transaction appended included. False when
  /// there was no such aggregate then.
  virtual bool load_past(const AggregateId& id, const PastPoint& point, StreamReader& reader) = 0;

  /// Announces, before the first `append`, aggregates that may be appended to: they are locked together then, in one order for
  /// all transactions. Those that nobody announces are locked as they come, and two transactions may deadlock on them.
  virtual void announce(std::span<const AggregateId> /*ids*/) {}

  /// Stores a command and its events, which all happened at `created_at`. Throws Error(optimistic_locking),
  /// Error(integrity), Error(non_unique_aggregate), now or at commit. Marks the aggregates that now want a snapshot.
  virtual void append(const CommandRecord& command, std::span<const StreamAppend> streams, Timestamp created_at) = 0;

  /// Requires that the last event of an aggregate has this number (0: there is no such aggregate), and that no other
  /// writer adds to it until the transaction ends. Error(optimistic_locking), now or at commit.
  virtual void require_version(const AggregateId& id, std::int32_t version) = 0;

  /// Stores receipts. Error(idempotency_key_reused), now or at commit, when one of the keys has one.
  virtual void store_receipts(const Receipts& receipts) = 0;

  /// The views of one domain. Owned by the transaction.
  virtual views::Persistor& persistor(std::size_t domain) = 0;

  /// Runs a statement of the application's own in this transaction.
  virtual void run(const SqlStatement& statement) = 0;

  /// Says which projector and event the persistors' next operations belong to, for error texts.
  virtual void attribute_to(std::string_view projector, const EventHeader& header, std::string_view event_type) = 0;

  /// The aggregate that had the key (JSON) in that scope when last something was committed.
  [[nodiscard]] virtual std::optional<AggregateId> find_unique_key(std::string_view scope, const std::string& key) = 0;

  /// Stores what all of this transaction changed about keys: call it at most once, after the last append. All keys change
  /// at one instant, so that aggregates may swap theirs. Throws AggregateKeyNotUnique, now or at commit.
  virtual void change_keys(const KeyChanges& changes) = 0;

  virtual void commit() = 0;

  /// Hands over, after `commit`, the aggregates of the unit of work as they are now. A store that keeps them may give their
  /// states to readers instead of events.
  virtual void keep(std::vector<std::unique_ptr<AggregateBase>> /*aggregates*/) {}

  /// Whether `keep` is of any use.
  [[nodiscard]] virtual bool keeps() const noexcept { return false; }

  /// Whether a reader was given a state that the store had kept. Then it may be an old one until `commit` or `confirm` has
  /// succeeded, and whatever else came of this transaction may be its fault: see EventStore::begin_anew.
  [[nodiscard]] virtual bool relied_on_kept() const noexcept { return false; }

  /// Ends a transaction that changed nothing: makes sure that the states that were kept are those that are stored.
  /// Error(optimistic_locking) when they are not.
  virtual void confirm() {}
};

/// A store. Thread-safe.
class EventStore {
 public:
  virtual ~EventStore() = default;

  /// A transaction that relies on these views, by domain index: they stay so until it ends. When they are others, its first
  /// call that reaches the database throws Error(projector_migrating).
  [[nodiscard]] virtual std::unique_ptr<Transaction> begin(std::span<const views::LiveViews> view_versions) = 0;

  /// The same, for a transaction that reads nothing but what is stored, whatever the store keeps.
  [[nodiscard]] virtual std::unique_ptr<Transaction> begin_anew(std::span<const views::LiveViews> view_versions) {
    return begin(view_versions);
  }

  /// The number of an aggregate's last event; 0 when there is no such aggregate.
  [[nodiscard]] virtual std::int32_t version(const AggregateId& id) = 0;

  /// The receipts that those keys have, compared with a request.
  [[nodiscard]] virtual std::vector<FoundReceipt> find_receipts(const std::vector<std::string>& keys,
                                                                const std::string& request) = 0;

  /// What is live of each domain's views, by domain index. Domains without projectors count as being at their newest
  /// version.
  [[nodiscard]] virtual std::vector<views::LiveViews> view_versions() = 0;
};

}  // namespace seriatim::store
