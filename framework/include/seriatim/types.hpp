#pragma once
// types<...>: a compile-time list of message types ("what this handler handles").

#include <cstddef>

namespace seriatim {

/// A list of types that user code writes down once, for example `using Events = seriatim::types<Opened, Closed>;`.
/// It carries no data.
template <class... Ts>
struct types {
  static constexpr std::size_t size = sizeof...(Ts);
};

/// Calls `f.template operator()<T>()` for every T of the list, in order.
template <class F, class... Ts>
constexpr void for_each_type(types<Ts...> /*list*/, F&& f) {
  (f.template operator()<Ts>(), ...);
}

}  // namespace seriatim
