#pragma once
// The repository: how command handlers get at aggregates.

#include <memory>
#include <utility>

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
  /// has an aggregate of that id; when the store has one, storing fails with Error(optimistic_locking).
  template <class T, class... Arguments>
  T& add(const AggregateId& id, Arguments&&... arguments) {
    return static_cast<T&>(add(aggregate_type<T>(), std::make_unique<T>(id, std::forward<Arguments>(arguments)...)));
  }

 private:
  AggregateBase& load(const AggregateType& type, const AggregateId& id);
  AggregateBase* find(const AggregateType& type, const AggregateId& id);
  AggregateBase* find_by_unique_key(const AggregateType& type, std::string_view scope, const UniqueKey& key);
  AggregateBase& add(const AggregateType& type, std::unique_ptr<AggregateBase> aggregate);

  core::UnitOfWork& unit_;
};

}  // namespace seriatim
