#pragma once
// Matching: which events a handler of a workflow takes, said in the same words in which one would say it.
//
//     seriatim::on(&Alarm::look_at, seriatim::is_a<Movement>()
//                                       .except<Refund>()
//                                       .where(&Movement::money, &Money::amount, seriatim::greater_than(100)))
//
// Types are matched once, when the application is put together: an event reaches its handlers through a table by type.
// Only conditions (`where`) are looked at for each event.
//
// Thread-safety: matchers are values; once registered they are constant, and their conditions are called by any number of
// threads at once. A condition must depend on nothing but the event.

#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "seriatim/json.hpp"
#include "seriatim/message.hpp"

namespace seriatim {

/// An event of any type, with its header. Refers to the event it was made from and must not outlive the handler's call.
class AnyEvent : public EventHeader {
 public:
  AnyEvent(const EventHeader& header, const MessageType& type, const void* attributes) noexcept
      : EventHeader{header}, type_{type}, attributes_{attributes} {}

  /// The name under which the event's type is stored.
  [[nodiscard]] std::string_view type_name() const noexcept { return type_.name; }

  /// The event as an E, which may also be a described base of its type; nullptr when it is none.
  template <class E>
  [[nodiscard]] const E* get() const {
    return part_of<E>(type_, attributes_);
  }

  /// The attributes as a JSON object. O(size).
  [[nodiscard]] std::string to_json() const {
    std::string out;
    attributes::write_json(out, *type_.attributes, attributes_, {.redact_secrets = true});
    return out;
  }

  /// The attributes as a person reads them: `{amount: 20.00, source: "API"}`. O(size).
  [[nodiscard]] std::string describe() const {
    std::string out;
    attributes::print(out, *type_.attributes, attributes_);
    return out;
  }

 private:
  MessageType type_;
  const void* attributes_;
};

/// Which events are meant. Made by exact, is_a and any_event.
struct EventMatcher {
  enum class Kind : std::uint8_t { exact, is_a, any };

  Kind kind = Kind::any;
  MessageType type{};                            ///< Of exact alone.
  std::string_view cpp_name{};                   ///< Of exact and is_a.
  std::vector<std::string_view> except_types{};  ///< C++ names.
  std::vector<std::string_view> except_bases{};
  std::vector<std::function<bool(const AnyEvent&)>> conditions{};  ///< All of them must hold.

  /// Whether events of that type are meant, conditions aside. For registration; O(bases).
  [[nodiscard]] bool covers(const MessageType& event) const;

  /// Whether the conditions hold of an event that is covered.
  [[nodiscard]] bool holds(const AnyEvent& event) const;
};

namespace detail {

/// A comparison with a bound. What is absent (an empty optional) compares like SQL's `is distinct from`: it only is
/// other than the bound.
template <class Bound, class Compare, bool absent>
struct Comparison {
  static constexpr bool of_absent = absent;
  Bound bound;
  template <class T>
  [[nodiscard]] bool operator()(const T& value) const {
    return Compare{}(value, bound);
  }
};

template <class T>
concept IsComparison = requires { T::of_absent; };

/// Texts are kept as strings, so that no bound refers to somebody else's memory.
template <class T>
using bound_t = std::conditional_t<std::is_convertible_v<T, std::string_view>, std::string, T>;

template <class Last>
[[nodiscard]] constexpr bool holds_of_absent() {
  if constexpr (IsComparison<Last>) {
    return Last::of_absent;
  } else {
    return false;
  }
}

template <class... Ts>
using last_t = boost::mp11::mp_back<boost::mp11::mp_list<Ts...>>;

/// Follows the members in `steps` and asks the condition, which stands last.
template <class V, class First, class... Rest>
[[nodiscard]] bool holds(const V& value, const First& first, const Rest&... rest) {
  constexpr bool is_member = sizeof...(Rest) != 0;
  if constexpr (attributes::detail::is_optional<V>::value &&
                (is_member || IsComparison<First> || !std::is_invocable_v<const First&, const V&>)) {
    return value ? holds(*value, first, rest...) : holds_of_absent<last_t<First, Rest...>>();
  } else if constexpr (is_member) {
    static_assert(std::is_member_object_pointer_v<First>,
                  "where(...) takes pointers to members, each of the one before, and then one condition");
    return holds(value.*first, rest...);
  } else {
    static_assert(std::is_invocable_r_v<bool, const First&, const V&>,
                  "the last argument of where(...) is a condition on the attribute: greater_than(100), or a function "
                  "that takes the attribute and returns a bool");
    return first(value);
  }
}

}  // namespace detail

/// Conditions for `where`. A bound may be of any type that the attribute compares with.
template <class T>
[[nodiscard]] auto equal_to(T bound) {
  return detail::Comparison<detail::bound_t<T>, std::equal_to<>, false>{std::move(bound)};
}
template <class T>
[[nodiscard]] auto other_than(T bound) {
  return detail::Comparison<detail::bound_t<T>, std::not_equal_to<>, true>{std::move(bound)};
}
template <class T>
[[nodiscard]] auto greater_than(T bound) {
  return detail::Comparison<detail::bound_t<T>, std::greater<>, false>{std::move(bound)};
}
template <class T>
[[nodiscard]] auto greater_than_or_equal_to(T bound) {
  return detail::Comparison<detail::bound_t<T>, std::greater_equal<>, false>{std::move(bound)};
}
template <class T>
[[nodiscard]] auto less_than(T bound) {
  return detail::Comparison<detail::bound_t<T>, std::less<>, false>{std::move(bound)};
}
template <class T>
[[nodiscard]] auto less_than_or_equal_to(T bound) {
  return detail::Comparison<detail::bound_t<T>, std::less_equal<>, false>{std::move(bound)};
}

/// A matcher of events that are a B, or of any events when B is AnyEvent.
template <class B>
class Matching : public EventMatcher {
 public:
  using Subject = B;

  /// Not events of exactly these types.
  template <class... Es>
  [[nodiscard]] Matching except() && {
    (except_types.emplace_back(typeid(Es).name()), ...);
    return std::move(*this);
  }

  /// Not events that derive from one of these structs, or are one.
  template <class... Bases>
  [[nodiscard]] Matching except_is_a() && {
    (except_bases.emplace_back(typeid(Bases).name()), ...);
    return std::move(*this);
  }

  /// Only events of which the condition holds. Before it may stand the way to an attribute, as pointers to members:
  /// `.where(&Movement::money, &Money::amount, greater_than(100))`; without one it is given the B itself. An empty
  /// optional on the way, or at its end, satisfies `other_than` alone. Several where(...) must all hold.
  template <class... Steps>
  [[nodiscard]] Matching where(Steps... steps) && {
    conditions.emplace_back([steps...](const AnyEvent& event) {
      if constexpr (std::is_same_v<B, AnyEvent>) {
        return detail::holds(event, steps...);
      } else {
        return detail::holds(*event.get<B>(), steps...);
      }
    });
    return std::move(*this);
  }
};

/// Events of exactly this type.
template <class E>
[[nodiscard]] Matching<E> exact() {
  Matching<E> matching;
  matching.kind = EventMatcher::Kind::exact;
  matching.type = message_type<E>();
  matching.cpp_name = matching.type.cpp_name;
  return matching;
}

/// Events of this type and of all types that derive from it. `B` is a described struct that need not be an event: a base
/// with members that its events share, or an empty one that only marks them. The events name it as a base in their
/// BOOST_DESCRIBE_STRUCT.
template <class B>
[[nodiscard]] Matching<B> is_a() {
  static_assert(attributes::Described<B>,
                "describe the base with BOOST_DESCRIBE_STRUCT, also where it has no members, and name it as a base in the "
                "descriptions of its events");
  Matching<B> matching;
  matching.kind = EventMatcher::Kind::is_a;
  matching.cpp_name = typeid(B).name();
  return matching;
}

/// All events.
[[nodiscard]] inline Matching<AnyEvent> any_event() { return {}; }

}  // namespace seriatim
