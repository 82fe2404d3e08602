#pragma once
// The event store on PostgreSQL.

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "store/event_store.hpp"
#include "store/postgres/kept_aggregates.hpp"
#include "store/postgres/pool.hpp"
#include "store/postgres/sql_statements.hpp"

namespace seriatim::postgres {

/// How type names map to the store's smallint ids and back. Constant once made.
class TypeIds {
 public:
  /// Registers the registry's types that the store does not know yet, in a transaction of its own. Safe when several
  /// programs do so at once; no id is spent on a name that exists.
  TypeIds(Connection& connection, const SchemaNames& names, const core::Registry& registry);

  /// Error(configuration) unless the registry's types have the same ids in the store that this connection leads to.
  void require_in(Connection& connection, const SchemaNames& names) const;

  [[nodiscard]] int event(core::TypeIndex type) const { return event_ids_[type]; }
  [[nodiscard]] int command(core::TypeIndex type) const { return command_ids_[type]; }
  [[nodiscard]] int aggregate(core::TypeIndex type) const { return aggregate_ids_[type]; }

  struct EventName {
    core::TypeIndex type = core::unknown_type;
    std::string name;
  };
  /// By the store's id; nullptr for an id that was registered after this table was made.
  [[nodiscard]] const EventName* event_of(int id) const;
  /// The store's ids of all events that are, or may by upcasting become, of one of these types.
  [[nodiscard]] std::vector<int> stored_as(const std::vector<core::TypeIndex>& types) const;
  /// How many types of events the store knew when this table was made.
  [[nodiscard]] std::size_t events() const noexcept;
  [[nodiscard]] const std::string* aggregate_name_of(int id) const;

 private:
  const core::Registry& registry_;
  std::vector<int> event_ids_;
  std::vector<int> command_ids_;
  std::vector<int> aggregate_ids_;
  std::vector<EventName> events_by_id_;
  std::vector<std::string> aggregates_by_id_;
};

class PostgresTransaction;

/// Thread-safe. The registry must outlive it.
class PostgresStore final : public store::EventStore {
 public:
  /// How many events are read at once.
  static constexpr std::size_t portion = 4096;

  /// Told of what makes no call fail; see Options::on_warning.
  using Warn = std::function<void(const std::string& warning)>;

  /// Connects and registers the types. Error(store_not_installed) when the store is missing or too old. `kept`: by
  /// default nothing.
  PostgresStore(const std::string& url, SchemaNames names, const core::Registry& registry, Warn warn = {},
                KeptAggregates::Settings kept = {});

  [[nodiscard]] std::unique_ptr<store::Transaction> begin(std::span<const views::LiveViews> view_versions) override;
  [[nodiscard]] std::unique_ptr<store::Transaction> begin_anew(std::span<const views::LiveViews> view_versions) override;
  /// The same, for a batch.
  [[nodiscard]] std::unique_ptr<PostgresTransaction> begin_batch(std::span<const views::LiveViews> view_versions);
  [[nodiscard]] std::int32_t version(const AggregateId& id) override;
  [[nodiscard]] std::vector<store::FoundReceipt> find_receipts(const std::vector<std::string>& keys,
                                                               const std::string& request) override;
  [[nodiscard]] std::vector<views::LiveViews> view_versions() override;

  [[nodiscard]] const SchemaNames& names() const noexcept { return names_; }
  [[nodiscard]] const core::Registry& registry() const noexcept { return registry_; }
  [[nodiscard]] const TypeIds& ids() const noexcept { return *ids_; }
  [[nodiscard]] KeptAggregates& kept() noexcept { return kept_; }
  [[nodiscard]] Pool& pool() noexcept { return pool_; }
  void warn(const std::string& warning) const;

 private:
  void prepare(Connection& connection) const;

  SchemaNames names_;
  const core::Registry& registry_;
  Warn warn_;
  KeptAggregates kept_;
  Pool pool_;
  std::unique_ptr<const TypeIds> ids_;
  std::string server_;  ///< Where the ids were read.
};

}  // namespace seriatim::postgres
