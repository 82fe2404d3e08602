#pragma once
// What `then` is given: events and commands, whole, by type, or by conditions.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "seriatim/testing/world.hpp"

namespace seriatim::testing {

/// A described struct that is an event and not a command.
template <class E>
concept EventMessage = Message<E> && !std::derived_from<E, Command>;

/// One event that is expected.
class ExpectedEvent {
 public:
  /// An event with exactly these attributes, of any aggregate.
  template <EventMessage E>
  ExpectedEvent(const E& event)  // NOLINT(google-explicit-constructor): then(MoneyDrew{...}) should read so
      : type_{message_type<E>()}, value_{attributes::Value::of(event)} {}

  /// An event that a matcher takes: exact, is_a, any_event, and event_like below.
  template <std::derived_from<EventMatcher> M>
  ExpectedEvent(const M& matcher)  // NOLINT(google-explicit-constructor): as above
      : type_{matcher.type}, matcher_{matcher} {}

  /// The same, of this aggregate.
  [[nodiscard]] ExpectedEvent of(const AggregateId& id) && {
    id_ = id;
    return std::move(*this);
  }

  [[nodiscard]] bool matches(const RecordedEvent& event) const;

  /// The stored name; empty where several types may be meant.
  [[nodiscard]] std::string_view type_name() const noexcept { return type_.name; }
  /// Empty for a matcher.
  [[nodiscard]] const attributes::Value& value() const noexcept { return value_; }
  [[nodiscard]] const std::optional<AggregateId>& id() const noexcept { return id_; }
  /// What is meant, for people.
  [[nodiscard]] std::string text() const;

 private:
  MessageType type_{};
  attributes::Value value_;
  std::optional<EventMatcher> matcher_;
  std::optional<AggregateId> id_;
};

/// `at(id, MoneyDrew{...})`: the event, whole or by a matcher, of this aggregate.
template <class E>
[[nodiscard]] ExpectedEvent at(const AggregateId& id, const E& event) {
  return ExpectedEvent{event}.of(id);
}

/// `event_like<MoneyDrew>([](const MoneyDrew& e) { return e.amount > 3; })`: an event of which that holds.
template <EventMessage E, std::predicate<const E&> Condition>
[[nodiscard]] Matching<E> event_like(Condition condition) {
  return exact<E>().where(std::move(condition));
}

/// One command that is expected.
class ExpectedCommand {
 public:
  /// A command with these attributes. Of what all commands share, `aggregate_id` is compared, and else only what is set:
  /// causes and times are the framework's.
  template <std::derived_from<Command> C>
  ExpectedCommand(const C& command)  // NOLINT(google-explicit-constructor): then_commands(SendMail{...}) should read so
      : command_{AnyCommand{command}}, type_{message_type<C>()} {}

  /// Any command of that type.
  explicit ExpectedCommand(const MessageType& type) : type_{type} {}

  [[nodiscard]] bool matches(const AnyCommand& command) const;
  [[nodiscard]] std::string_view type_name() const noexcept { return type_.name; }
  /// Empty when the type alone is meant.
  [[nodiscard]] const std::optional<AnyCommand>& command() const noexcept { return command_; }

 private:
  std::optional<AnyCommand> command_;
  MessageType type_;
};

}  // namespace seriatim::testing
