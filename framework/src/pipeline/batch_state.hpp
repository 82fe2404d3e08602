#pragma once
// A batch in memory: what its commands have come to so far, on top of what is stored.

#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/aggregate_cache.hpp"
#include "core/event_decoder.hpp"
#include "store/batch_write.hpp"
#include "store/postgres/postgres_store.hpp"

namespace seriatim::pipeline {

/// Why a command cannot be a part of this batch. Thrown through its handler, which might catch it, and noted in the batch,
/// where it counts.
enum class Misfit : std::uint8_t {
  none,
  next_batch,  ///< It fits once this batch is stored.
  alone,       ///< Only `execute` can do it.
};

/// What one command changes, until it has succeeded.
struct Pending {
  std::vector<store::BatchCommand> commands;
  std::vector<store::BatchEvent> events;  ///< `command` counts from the first of these commands.
  std::map<AggregateId, store::BatchStream> streams;
  std::map<AggregateId, std::int32_t> required;
  store::KeyChanges keys;
  std::optional<store::Receipts> receipts;
};

/// Belongs to a lane, batch after batch. Not thread-safe.
class BatchState {
 public:
  /// All must outlive it.
  BatchState(postgres::PostgresStore& store, core::AggregateCache& cache)
      : store_{store}, cache_{cache}, decoder_{store.registry()} {}

  /// Forgets the batch before.
  void start();

  /// Statements go to this server (see Connection::server). What is known from another, or from this one before it was started
  /// anew, may not be so here: it is forgotten, and when the batch rests on it, that is Error(optimistic_locking).
  void move_to(const std::string& server);

  /// Reads those aggregates that are not known yet, by one query. What cannot be read stays unknown.
  void load(std::span<const AggregateId> ids);

  /// The aggregate as the batch has left it; null when there is none, or it is unknown. Notes that somebody relies on it.
  [[nodiscard]] const core::CachedAggregate* find(const AggregateId& id);

  /// Whether it is known that there was no such aggregate when the batch began, and that the batch has not made it.
  [[nodiscard]] bool absent(const AggregateId& id) const { return absent_.count(id) != 0 && changed_.count(id) == 0; }

  /// Whether a command of the batch has changed it.
  [[nodiscard]] bool changed(const AggregateId& id) const { return write_.streams.count(id) != 0; }

  /// The number of its last event, and the number that it had before the batch; nothing when it is unknown.
  struct Versions {
    std::int32_t now;
    std::int32_t before;
  };
  [[nodiscard]] std::optional<Versions> versions(const AggregateId& id) const;

  /// Whether a command that changes keys so, and creates these aggregates, fits with those before it.
  [[nodiscard]] bool fits(const store::KeyChanges& keys, const std::map<AggregateId, store::BatchStream>& streams) const;
  [[nodiscard]] bool has_receipt(const std::vector<std::string>& keys) const;
  [[nodiscard]] bool has_key_changes() const noexcept { return !write_.keys.unique_keys.empty(); }

  /// A command has succeeded.
  void accept(Pending pending);
  void keep(std::vector<std::unique_ptr<AggregateBase>> aggregates);

  [[nodiscard]] const store::BatchWrite& write() const noexcept { return write_; }

  /// The batch is stored: its aggregates go to the cache. Or it is not, and nothing that it knew can be relied on.
  void stored();
  void failed() noexcept;

  void note(Misfit misfit) noexcept {
    if (misfit_ != Misfit::alone) misfit_ = misfit;
  }
  /// Of the command that is running; forgets it.
  [[nodiscard]] Misfit take_misfit() noexcept { return std::exchange(misfit_, Misfit::none); }

  [[nodiscard]] postgres::PostgresStore& store() noexcept { return store_; }
  [[nodiscard]] const core::Registry& registry() const noexcept { return store_.registry(); }

 private:
  [[nodiscard]] bool rests_on_something() const noexcept;

  postgres::PostgresStore& store_;
  core::AggregateCache& cache_;
  std::string server_;  ///< Where what is known was read; empty when nothing is.
  core::EventDecoder decoder_;
  store::BatchWrite write_;
  std::unordered_map<AggregateId, core::CachedAggregate, std::hash<AggregateId>> changed_;
  std::unordered_set<AggregateId, std::hash<AggregateId>> fresh_;   ///< Read during this batch.
  std::unordered_set<AggregateId, std::hash<AggregateId>> absent_;  ///< Looked for during this batch.
  std::set<std::pair<std::string, std::string>> claimed_;           ///< Scopes and keys of new aggregates.
  bool keys_changed_ = false;  ///< By an aggregate that is not new.
  std::set<std::string> receipts_;
  Misfit misfit_ = Misfit::none;
};

}  // namespace seriatim::pipeline
