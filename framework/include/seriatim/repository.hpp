#pragma once
// The repository: how command handlers get at aggregates.

#include <functional>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "seriatim/aggregate_root.hpp"

namespace seriatim {

/// Loads and adds aggregates within one unit of work: the same id gives the same instance, read from the store
/// once. Aggregates stay owned by the unit of work and are valid until the command ends; what they applied is stored
/// when it succeeds. Not thread-safe: it belongs to one call.
class Repository {
 public:
  explicit Repository(core::UnitOfWork& unit) : unit_{unit} {}

  /// The aggregate with that id. Throws Error(aggregate_not_found) naming the id, Error(aggregate_type) naming both
  /// types. O(events) the first time, O(1) after it.
  template <class T>
  [[nodiscard]] T& load(const AggregateId& id) {
    return static_cast<T&>(load(aggregate_type<T>(), id));
  }

  /// The aggregates with those ids, in the order of the ids; an id that is given twice is there twice. Those that are not
  /// loaded yet are read by one query. Throws Error(aggregate_not_found) naming every id that is missing,
  /// Error(aggregate_type) as `load` does. O(events of all).
  template <class T>
  [[nodiscard]] std::vector<std::reference_wrapper<T>> load_all(std::span<const AggregateId> ids) {
    std::vector<std::reference_wrapper<T>> aggregates;
    aggregates.reserve(ids.size());
    for (AggregateBase* aggregate : load_all(aggregate_type<T>(), ids)) aggregates.push_back(static_cast<T&>(*aggregate));
    return aggregates;
  }

  /// The aggregate as it was after its event `sequence_number`, whatever came later; the same as a replay of the events
  /// up to it. It is const, because the past cannot be changed: `load` still gives the present instance. Reads the store
  /// each time, and what earlier commands of the same call stored. Throws as `load` does; Error(aggregate_not_found) also
  /// when there is no such event yet, Error(usage) for a number below 1. O(events up to it).
  template <class T>
  [[nodiscard]] const T& load_at(const AggregateId& id, std::int32_t sequence_number) {
    return static_cast<const T&>(load_at(aggregate_type<T>(), id, sequence_number));
  }

  /// The aggregate as it was at that moment: after the last event before the first one that is later than `moment`. As
  /// `load_at` otherwise; Error(aggregate_not_found) when its first event is later.
  template <class T>
  [[nodiscard]] const T& load_until(const AggregateId& id, Timestamp moment) {
    return static_cast<const T&>(load_until(aggregate_type<T>(), id, moment));
  }

  /// The aggregate with that id, or nullptr. Throws Error(aggregate_type) as `load` does.
  template <class T>
  [[nodiscard]] T* find(const AggregateId& id) {
    return static_cast<T*>(find(aggregate_type<T>(), id));
  }

  /// Whether an aggregate of that type and id exists. Throws Error(aggregate_type) as `load` does.
  template <class T>
  [[nodiscard]] bool exists(const AggregateId& id) {
    return find(aggregate_type<T>(), id) != nullptr;
  }

  /// Throws Error(aggregate_not_found) unless the aggregate exists.
  template <class T>
  void ensure_exists(const AggregateId& id) {
    (void)load(aggregate_type<T>(), id);
  }

  /// The aggregate that has `key` in that scope, or nullptr; an absent key belongs to nobody. Aggregates of this unit of
  /// work count with the state that they have now, all others as they are stored. Throws Error(aggregate_type) naming both
  /// types when the key belongs to an aggregate of another type: it is taken, so nullptr would say too much. Error(usage)
  /// when T declares no unique keys. O(events), as `load`, after one look-up.
  template <class T>
  [[nodiscard]] T* find_by_unique_key(std::string_view scope, const UniqueKey& key) {
    return static_cast<T*>(find_by_unique_key(aggregate_type<T>(), scope, key));
  }

  /// Constructs T(id, arguments...) and adds it. Throws Error(non_unique_aggregate) when this unit of work already
  /// has an aggregate of that id. When the store has one, storing fails: with Error(optimistic_locking) if it is of the
  /// same type, because another writer may have been first, and with Error(non_unique_aggregate) if it is of another.
  template <class T, class... Arguments>
  T& add(const AggregateId& id, Arguments&&... arguments) {
    return static_cast<T&>(add(aggregate_type<T>(), std::make_unique<T>(id, std::forward<Arguments>(arguments)...)));
  }

  /// The aggregate with that id; T(id, arguments...), added, if there is none. Throws Error(aggregate_type) as `load`
  /// does.
  template <class T, class... Arguments>
  T& find_or_add(const AggregateId& id, Arguments&&... arguments) {
    if (T* found = find<T>(id)) return *found;
    return add<T>(id, std::forward<Arguments>(arguments)...);
  }

 private:
  AggregateBase& load(const AggregateType& type, const AggregateId& id);
  std::vector<AggregateBase*> load_all(const AggregateType& type, std::span<const AggregateId> ids);
  const AggregateBase& load_at(const AggregateType& type, const AggregateId& id, std::int32_t sequence_number);
  const AggregateBase& load_until(const AggregateType& type, const AggregateId& id, Timestamp moment);
  AggregateBase* find(const AggregateType& type, const AggregateId& id);
  AggregateBase* find_by_unique_key(const AggregateType& type, std::string_view scope, const UniqueKey& key);
  AggregateBase& add(const AggregateType& type, std::unique_ptr<AggregateBase> aggregate);

  core::UnitOfWork& unit_;
};

}  // namespace seriatim
