#pragma once
// Aggregate roots: the consistency boundaries whose state is a fold over their events.

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "seriatim/message.hpp"
#include "seriatim/snapshot_policy.hpp"
#include "seriatim/types.hpp"
#include "seriatim/unique_keys.hpp"

namespace seriatim {

namespace core {
class AggregateAccess;
class UnitOfWork;
}  // namespace core

/// What all aggregate roots have in common; user code derives from AggregateRoot<T> instead. Not thread-safe: an
/// aggregate belongs to the call that loaded it. Owned by the unit of work.
class AggregateBase {
 public:
  AggregateBase(const AggregateBase&) = delete;
  AggregateBase& operator=(const AggregateBase&) = delete;
  virtual ~AggregateBase() = default;

  [[nodiscard]] const AggregateId& id() const noexcept { return id_; }

  /// The number of the last event, those included that are applied but not stored yet. 0 before the first event.
  [[nodiscard]] std::int32_t sequence_number() const noexcept {
    return stored_ + static_cast<std::int32_t>(uncommitted_.size());
  }

 protected:
  struct Uncommitted {
    MessageType type;
    attributes::Value event;
  };
  using State = std::unique_ptr<void, void (*)(void*)>;

  AggregateBase(const AggregateId& id, State state) : id_{id}, state_{std::move(state)} {}
  void record(const MessageType& type, void* event) {
    uncommitted_.push_back({type, attributes::Value::moved(*type.attributes, event)});
  }
  [[nodiscard]] void* state_address() noexcept { return state_.get(); }
  [[nodiscard]] const void* state_address() const noexcept { return state_.get(); }

 private:
  friend class core::AggregateAccess;
  friend class core::UnitOfWork;

  AggregateId id_;
  std::int32_t stored_ = 0;  ///< Number of the last event that is stored (or handed to the store).
  std::vector<Uncommitted> uncommitted_;
  State state_;
};

namespace detail {

template <class E, class List>
struct contains;
template <class E, class... Es>
struct contains<E, types<Es...>> : std::bool_constant<(std::is_same_v<E, Es> || ...)> {};

}  // namespace detail

/// The base of a domain's aggregate roots:
///
///     class Wallet : public seriatim::AggregateRoot<Wallet> {
///      public:
///       static constexpr std::string_view type_name = "Wallet::Wallet";        // stored for ever
///       using Events = seriatim::types<WalletCreated, MoneyAdded>;
///       struct State { Decimal balance; };                                     // described
///       using AggregateRoot::AggregateRoot;                                    // how the repository makes one
///       static void on(State& s, const MoneyAdded& e) { s.balance += e.amount; }
///     };
///
/// State changes only in `on`, which must be a pure function of state and event: no clock, no I/O, no other
/// aggregate; it runs when an event is applied and again whenever the aggregate is loaded. An event without an `on`
/// changes no state. Methods guard the rules and call `apply`. Long streams want snapshots; see SnapshotPolicy.
///
/// Two static functions of the state are optional, and pure as well: `UniqueKeys unique_keys(const State&)` says what no
/// other aggregate may have (see unique_keys.hpp), `std::string partition_key(const State&)` in which partition of the
/// store the events belong (docs/keys.md).
template <class T>
class AggregateRoot : public AggregateBase {
 public:
  /// An aggregate without history. The repository calls it; new aggregates are made by `Repository::add`.
  explicit AggregateRoot(const AggregateId& id)
      : AggregateBase{id, State_{new typename T::State(), [](void* s) { delete static_cast<typename T::State*>(s); }}} {}

 protected:
  /// The current state.
  [[nodiscard]] const auto& state() const noexcept { return *static_cast<const typename T::State*>(state_address()); }

  /// Makes `event` happen: the state follows at once, the store when the command succeeds. Its timestamps are cut to
  /// `stored_timestamp_digits` first.
  template <class E>
  void apply(E event) {
    static_assert(detail::contains<E, typename T::Events>::value,
                  "the aggregate applies an event that its list `Events` does not name");
    attributes::cut_timestamps(attributes::type_of<E>, &event, stored_timestamp_digits);
    if constexpr (requires(typename T::State & s, const E& e) { T::on(s, e); }) {
      T::on(*static_cast<typename T::State*>(state_address()), std::as_const(event));
    }
    record(message_type<E>(), &event);
  }

  /// As `apply`, but only if the event would change the state.
  template <class E>
  void apply_if_changed(E event) {
    attributes::cut_timestamps(attributes::type_of<E>, &event, stored_timestamp_digits);
    typename T::State changed = state();
    if constexpr (requires { T::on(changed, std::as_const(event)); }) T::on(changed, std::as_const(event));
    if (!same_attributes(changed, state())) apply(std::move(event));
  }

 private:
  using State_ = AggregateBase::State;
};

/// How one event type changes one aggregate type's state. `fold` is null when the aggregate has no `on` for it.
struct EventFold {
  MessageType event;
  void (*fold)(void* state, const void* event);
};

/// An aggregate type as the framework keeps it: keyed by `name`. A constant.
struct AggregateType {
  std::string_view name;
  std::string_view cpp_name;
  const attributes::Type* state;
  std::unique_ptr<AggregateBase> (*create)(const AggregateId& id);
  std::vector<EventFold> events;
  UniqueKeys (*unique_keys)(const void* state) = nullptr;      ///< Null when the type declares none.
  std::string (*partition_key)(const void* state) = nullptr;  ///< Null when the type declares none.
  std::optional<SnapshotPolicy> snapshots{};  ///< Empty: none are taken or used.
};

namespace detail {

template <class T>
void declare_keys(AggregateType& type) {
  using State = typename T::State;
  if constexpr (requires { &T::unique_keys; }) {
    static_assert(requires(const State& s) { { T::unique_keys(s) } -> std::same_as<UniqueKeys>; },
                  "declare `static seriatim::UniqueKeys unique_keys(const State&)`, in the public part of the aggregate");
    type.unique_keys = [](const void* state) { return T::unique_keys(*static_cast<const State*>(state)); };
  }
  if constexpr (requires { &T::partition_key; }) {
    static_assert(requires(const State& s) { { T::partition_key(s) } -> std::same_as<std::string>; },
                  "declare `static std::string partition_key(const State&)`, in the public part of the aggregate");
    type.partition_key = [](const void* state) { return T::partition_key(*static_cast<const State*>(state)); };
  }
}

/// Refuses an `on` that the framework would not call, or whose changes would be lost, instead of passing over it.
template <class T, class E>
constexpr void check_fold() {
  using State = typename T::State;
  constexpr bool folds = requires(State& s, const E& e) { T::on(s, e); };
  constexpr bool of_an_object = requires(T& aggregate, State& s, const E& e) { aggregate.on(s, e); };
  constexpr bool of_the_aggregate = requires(T& aggregate, const E& e) { aggregate.on(aggregate, e); } ||
                                    requires(T& aggregate, const E& e) { aggregate.on(e); };
  static_assert(folds || !of_an_object,
                "an `on` of the aggregate is not static: declare it as `static void on(State&, const E&)`, because it depends on "
                "state and event alone");
  static_assert(folds || !of_the_aggregate,
                "an `on` of the aggregate takes the aggregate, or nothing but the event: declare it as `static void on(State&, "
                "const E&)`, because it changes the state and nothing else");
  if constexpr (folds) {
    static_assert(std::is_void_v<decltype(T::on(std::declval<State&>(), std::declval<const E&>()))>,
                  "an `on` of the aggregate returns something, which nobody would look at: declare it as `static void on(State&, "
                  "const E&)`, and change the state");
    static_assert(!requires(const E& e) { T::on(State{}, e); },
                  "an `on` of the aggregate takes a copy of the state, or one that it cannot change: declare it as `static void "
                  "on(State&, const E&)`");
  }
}

template <class T, class E>
EventFold make_fold() {
  check_fold<T, E>();
  EventFold result{message_type<E>(), nullptr};
  if constexpr (requires(typename T::State & s, const E& e) { T::on(s, e); }) {
    result.fold = [](void* state, const void* event) {
      T::on(*static_cast<typename T::State*>(state), *static_cast<const E*>(event));
    };
  }
  return result;
}

}  // namespace detail

/// The AggregateType of T, made once.
template <class T>
[[nodiscard]] const AggregateType& aggregate_type() {
  static_assert(std::is_base_of_v<AggregateRoot<T>, T>, "an aggregate derives from seriatim::AggregateRoot of itself");
  static_assert(std::is_constructible_v<T, const AggregateId&>,
                "the aggregate cannot be loaded: add `using AggregateRoot::AggregateRoot;` to its public part");
  static_assert(attributes::Described<typename T::State>,
                "describe the aggregate's State with BOOST_DESCRIBE_STRUCT, outside of the class");
  static const AggregateType type = [] {
    AggregateType made{T::type_name, typeid(T).name(), &attributes::type_of<typename T::State>,
                       [](const AggregateId& id) -> std::unique_ptr<AggregateBase> { return std::make_unique<T>(id); },
                       {}, {}};
    for_each_type(typename T::Events{}, [&]<class E>() { made.events.push_back(detail::make_fold<T, E>()); });
    detail::declare_keys<T>(made);
    if constexpr (requires { T::snapshots; }) {
      static_assert(std::is_same_v<std::remove_cvref_t<decltype(T::snapshots)>, SnapshotPolicy>,
                    "the aggregate's `snapshots` is a seriatim::SnapshotPolicy");
      static_assert(T::snapshots.threshold > 0 && T::snapshots.version > 0,
                    "the threshold and the version of the aggregate's `snapshots` are 1 or more");
      made.snapshots = T::snapshots;
    }
    return made;
  }();
  return type;
}

}  // namespace seriatim
