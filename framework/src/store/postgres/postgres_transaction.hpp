#pragma once
// One transaction of the PostgreSQL store.

#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "store/batch_write.hpp"
#include "store/postgres/batching_persistor.hpp"
#include "store/postgres/known_streams.hpp"
#include "store/postgres/postgres_store.hpp"
#include "store/postgres/stream_loader.hpp"

namespace seriatim::postgres {

/// Takes a connection when it first needs one. A command costs two round trips: BEGIN travels with the first load,
/// everything else with COMMIT. See store::Transaction.
class PostgresTransaction final : public store::Transaction {
 public:
  /// What it has to do with the aggregates that the store keeps.
  enum class Kept : std::uint8_t {
    nothing,
    renew,    ///< Those that it loads and changes are kept as they are then.
    refresh,  ///< Of those that are kept, it also loads only what was stored since.
    rely,     ///< Those that are kept it does not load at all: one round trip then.
  };

  PostgresTransaction(PostgresStore& store, std::string begin_sql, Kept kept = Kept::nothing)
      : store_{store}, begin_sql_{std::move(begin_sql)}, kept_{kept} {}
  ~PostgresTransaction() override;
  PostgresTransaction(const PostgresTransaction&) = delete;
  PostgresTransaction& operator=(const PostgresTransaction&) = delete;

  bool load(const AggregateId& id, store::StreamReader& reader, core::TypeIndex snapshots_of) override;
  void load_all(std::span<const AggregateId> ids, const std::function<store::StreamReader&(const AggregateId&)>& reader_of,
                core::TypeIndex snapshots_of) override;
  bool load_past(const AggregateId& id, const store::PastPoint& point, store::StreamReader& reader) override;
  void announce(std::span<const AggregateId> ids) override { announced_.insert(ids.begin(), ids.end()); }
  void append(const store::CommandRecord& command, std::span<const store::StreamAppend> streams,
              Timestamp created_at) override;
  void require_version(const AggregateId& id, std::int32_t version) override;
  void store_receipts(const store::Receipts& receipts) override;
  void run(const SqlStatement& statement) override;
  views::Persistor& persistor(std::size_t domain) override;
  void attribute_to(std::string_view projector, const EventHeader& header, std::string_view event_type) override;
  [[nodiscard]] std::optional<AggregateId> find_unique_key(std::string_view scope, const std::string& key) override;
  void change_keys(const store::KeyChanges& changes) override;
  void commit() override;
  void confirm() override;
  void keep(std::vector<std::unique_ptr<AggregateBase>> aggregates) override;
  [[nodiscard]] bool keeps() const noexcept override { return kept_ != Kept::nothing; }
  [[nodiscard]] bool relied_on_kept() const noexcept override { return !streams_.relied().empty(); }

  /// Stores what many commands came to, but for keys and receipts: `change_keys` and `finish` come after their projectors.
  /// Of a transaction that has appended nothing. An aggregate at another version is Error(optimistic_locking). Batches that
  /// call the same of the projectors `in_turns` wait for each other: of those whose rows several aggregates share, two
  /// batches would lock rows in different orders.
  void append(const store::BatchWrite& write, const std::set<std::string_view>& in_turns);

  /// The rest of it, and COMMIT.
  void finish(const store::BatchWrite& write);

  /// Runs a statement at once, for what has to know its result. It sees what was sent, not what is collected.
  pqxx::result query(const std::string& sql) { return batch().query(sql); }
  [[nodiscard]] const Connection& connection() { return batch().connection(); }

 private:
  Batch& batch();
  void connect();
  /// What the store keeps of an aggregate, on which this transaction then relies.
  [[nodiscard]] std::optional<core::CachedAggregate> take_kept(const AggregateId& id);
  /// Loads what was stored since an aggregate was kept; empty when it is not, or not usable.
  [[nodiscard]] std::optional<LoadedStream> refresh(const AggregateId& id, store::StreamReader& reader);
  void hand_over(const core::CachedAggregate& kept, store::StreamReader& reader) const;
  void require_kept(const std::set<AggregateId>& ids);
  void lock(const std::vector<AggregateId>& ids);
  [[nodiscard]] bool is_common(const store::CommandRecord& command, const std::vector<const store::StreamAppend*>& streams,
                               Timestamp created_at) const;
  void append_one(const store::CommandRecord& command, const store::StreamAppend& stream);
  void append_all(const store::CommandRecord& command, const std::vector<const store::StreamAppend*>& streams,
                  Timestamp created_at);
  [[nodiscard]] StreamLoader loader();
  void mark_for_snapshots(const std::vector<const store::StreamAppend*>& streams);
  void mark_for_snapshot(const AggregateId& id, core::TypeIndex type, std::int32_t before, std::int32_t after);
  views::Persistor& batching_persistor(std::size_t domain);
  void take_turns(const std::set<std::string_view>& projectors);
  void add_unless_empty(std::string sql, const Origin& origin);

  PostgresStore& store_;
  std::string begin_sql_;
  std::unique_ptr<Connection> connection_;
  std::exception_ptr no_connection_;  ///< Why there is none: whoever swallowed that is told again.
  std::unique_ptr<Batch> batch_;
  std::vector<std::unique_ptr<LivePersistor>> persistors_;  ///< By domain, made when needed.
  std::vector<std::unique_ptr<BatchingPersistor>> batching_;  ///< The same, of a batch.
  bool batched_ = false;
  Origin origin_;
  KnownStreams streams_;
  std::set<AggregateId> announced_;        ///< Those that are not locked yet.
  std::set<AggregateId> changed_;          ///< The existing aggregates that are appended to since `lock_place_`.
  std::optional<std::size_t> lock_place_;  ///< Where in the batch they are locked, when there are several.
  bool must_lock_ = false;  ///< Also when there is only one, because no append locks it.
  Kept kept_;
  bool finished_ = false;  ///< Nothing is left to roll back.
};

}  // namespace seriatim::postgres
