#pragma once
// Projectors: what keeps the views in step with the events.
//
//     struct WalletProjector {
//       static constexpr std::string_view type_name = "WalletProjector";
//       using Manages = seriatim::records<WalletRecord>;
//       using Events = seriatim::types<WalletCreated, MoneyAdded>;
//       void on(const seriatim::Event<MoneyAdded>& e, seriatim::Views& views) const;
//     };
//
// A projector is made once and called from any number of threads, therefore its `on` functions are const.
//
// One whose rows depend on several aggregates (a count over all of them, a row found by a name) says so, and is replayed
// in the order of commits then:
//
//       static constexpr seriatim::Ordering ordering = seriatim::Ordering::global;

#include <concepts>
#include <cstdint>
#include <memory>
#include <string_view>
#include <type_traits>
#include <vector>

#include "seriatim/views.hpp"

namespace seriatim {

/// How one projector handles one event type.
struct ProjectorHandler {
  MessageType event;
  void (*invoke)(const void* projector, const EventHeader& header, const void* event, Views& views);
};

/// The order in which a replay hands events to a projector. Within one aggregate it is always that of the sequence numbers.
enum class Ordering : std::uint8_t {
  per_aggregate,  ///< Aggregate by aggregate, several at once: fast, in bounded memory. For rows of one aggregate each.
  global,         ///< In the order of commits, one by one, with all rows in memory. For rows that several aggregates touch.
};

/// A projector as the framework keeps it: keyed by `name`.
struct ProjectorType {
  std::string_view name;
  std::vector<const RecordType*> manages;
  std::vector<ProjectorHandler> handlers;
  std::shared_ptr<const void> instance;  ///< Shared by all threads.
  Ordering ordering = Ordering::per_aggregate;
};

/// Whether P says which tables it keeps: some, or `no_records`.
template <class P>
inline constexpr bool declares_tables = P::Manages::size != 0 || std::same_as<typename P::Manages, no_records>;

namespace detail {

/// Whether a handler says by matches() which events it takes; see matching.hpp.
template <class P>
inline constexpr bool has_matches = requires { P::matches(); } || requires(const P& p) { p.matches(); };

template <class P, class E>
ProjectorHandler make_projector_handler() {
  constexpr bool handled = requires(const P& p, const Event<E>& e, Views& v) { p.on(e, v); };
  static_assert(
      handled,
      "the projector lists an event that it cannot handle: add `void on(const seriatim::Event<E>&, "
      "seriatim::Views&) const`, or take the event from its list `Events`");
  return {message_type<E>(), [](const void* projector, const EventHeader& header, const void* event, Views& views) {
            if constexpr (handled) {  // Otherwise the sentence above is enough.
              static_cast<const P*>(projector)->on(Event<E>{header, *static_cast<const E*>(event)}, views);
            }
          }};
}

template <class P>
constexpr Ordering ordering_of() {
  if constexpr (requires { P::ordering; }) {
    static_assert(std::same_as<std::remove_cvref_t<decltype(P::ordering)>, Ordering>,
                  "a projector's `ordering` is a seriatim::Ordering");
    return P::ordering;
  } else {
    return Ordering::per_aggregate;
  }
}

}  // namespace detail

/// The ProjectorType of P around an instance of it.
template <class P>
[[nodiscard]] ProjectorType projector_type(P instance) {
  static_assert(declares_tables<P>,
                "the projector manages no record: name its tables in `Manages`, or say `using Manages = "
                "seriatim::no_records`");
  static_assert(!detail::has_matches<P>,
                "a projector handles exact event types only, because a rebuild selects events by their type: list them in "
                "`Events` instead of defining matches()");
  ProjectorType type{P::type_name, {}, {}, std::make_shared<const P>(std::move(instance)), detail::ordering_of<P>()};
  for_each_type(typename P::Manages{}, [&]<class R>() { type.manages.push_back(&record_type<R>()); });
  for_each_type(typename P::Events{}, [&]<class E>() { type.handlers.push_back(detail::make_projector_handler<P, E>()); });
  return type;
}

}  // namespace seriatim
