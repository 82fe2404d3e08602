#pragma once
// Messages: commands (requests, may be refused) and events (facts), and how the framework names their types.

#include <array>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <typeinfo>

#include "seriatim/attributes.hpp"

namespace seriatim {

/// The id of an aggregate. Any UUID but the nil one.
using AggregateId = Uuid;

/// The base of all commands: who asks what of which aggregate. Derive from it, and describe the derived struct with
/// BOOST_DESCRIBE_STRUCT(AddMoney, (seriatim::Command), (amount, source)).
struct Command {
  AggregateId aggregate_id{};                          ///< Required.
  std::optional<Uuid> user_id{};                       ///< Who asks, if known.
  Timestamp created_at{};                              ///< Left at its default, it is stamped when executed.
  std::optional<AggregateId> event_aggregate_id{};     ///< Cause, filled in by the framework: aggregate of the event.
  std::optional<std::int32_t> event_sequence_number{};  ///< Cause, filled in by the framework: number of the event.
  /// The number of the last event that whoever asks has seen of the aggregate; 0: it must not exist. Any other at
  /// execution is a SequenceNumberMismatch.
  std::optional<std::int32_t> sequence_number{};
  /// Names the request, so that repeating it has no second effect; see CommandService. Up to 255 bytes.
  std::optional<std::string> idempotency_key{};
};
BOOST_DESCRIBE_STRUCT(Command, (),
                      (aggregate_id, user_id, created_at, event_aggregate_id, event_sequence_number, sequence_number,
                       idempotency_key))

/// Digits of a second's fraction that stored events keep. Events are cut to it before anybody sees them, so that what a
/// live handler sees equals what a replay sees.
inline constexpr int stored_timestamp_digits = 3;

/// Where and when an event happened.
struct EventHeader {
  AggregateId aggregate_id{};
  std::int32_t sequence_number = 0;  ///< From 1, without gaps within the aggregate.
  Timestamp created_at{};            ///< One instant for all events of a command.
};

/// An event as projectors see it: its header and, through `->`, its attributes. Refers to the event it was made
/// from and must not outlive the handler's call.
template <class E>
struct Event : EventHeader {
  Event(const EventHeader& header, const E& attributes) : EventHeader{header}, data{attributes} {}
  const E& data;
  const E* operator->() const noexcept { return &data; }
};

/// A struct that can be a command or an event: described, and with the name under which it is stored.
template <class T>
concept Message = attributes::Described<T> && requires {
  { T::type_name } -> std::convertible_to<std::string_view>;
};

/// A struct that a message is or derives from, and how to reach it in the message.
struct MessagePart {
  std::string_view cpp_name;  ///< As in MessageType.
  const void* (*in)(const void* message);
};

/// A message type as the framework keeps it: keyed by `name`, never by address. A constant.
struct MessageType {
  std::string_view name;                ///< The stored name ("Wallet::Events::MoneyAdded").
  const attributes::Type* attributes;   ///< The whole struct, inherited members included.
  std::string_view cpp_name;            ///< The C++ type, to recognise two types that claim one name.
  std::span<const MessagePart> (*parts)() = nullptr;  ///< The message itself, then its described bases, however far up.
};

namespace detail {

template <class Descriptor>
using base_of_descriptor = typename Descriptor::type;

/// T and its public described bases, each once.
template <class T>
struct lineage_of {
  template <class B>
  using lineage = typename lineage_of<B>::type;
  using bases = boost::mp11::mp_transform<base_of_descriptor,
                                          boost::describe::describe_bases<T, boost::describe::mod_public>>;
  using type = boost::mp11::mp_unique<
      boost::mp11::mp_apply<boost::mp11::mp_append, boost::mp11::mp_push_front<boost::mp11::mp_transform<lineage, bases>,
                                                                               boost::mp11::mp_list<T>>>>;
};

template <class T, class List>
struct part_table;
template <class T, class... Parts>
struct part_table<T, boost::mp11::mp_list<Parts...>> {
  static std::span<const MessagePart> get() {
    static const std::array<MessagePart, sizeof...(Parts)> parts{MessagePart{
        typeid(Parts).name(), [](const void* message) -> const void* {
          return static_cast<const Parts*>(static_cast<const T*>(message));
        }}...};
    return parts;
  }
};

}  // namespace detail

/// The MessageType of T.
template <class T>
[[nodiscard]] MessageType message_type() {
  constexpr bool named = requires { { T::type_name } -> std::convertible_to<std::string_view>; };
  static_assert(attributes::Described<T>, "this message is not described: write BOOST_DESCRIBE_STRUCT(Name, (bases), (members)) "
                                          "behind it");
  static_assert(named,
                "give this message the name it is stored under: static constexpr std::string_view type_name = \"...\";");
  if constexpr (attributes::Described<T> && named) {
    return MessageType{T::type_name, &attributes::type_of<T>, typeid(T).name(),
                       &detail::part_table<T, typename detail::lineage_of<T>::type>::get};
  } else {
    return MessageType{};  // So that no further error follows.
  }
}

/// The part of a message of that type that is an `E`, or derives from it; nullptr when there is none.
template <class E>
[[nodiscard]] const E* part_of(const MessageType& type, const void* message) {
  for (const MessagePart& part : type.parts()) {
    if (part.cpp_name == typeid(E).name()) return static_cast<const E*>(part.in(message));
  }
  return nullptr;
}

}  // namespace seriatim
