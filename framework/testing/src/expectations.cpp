#include "seriatim/testing/expectations.hpp"

#include <boost/core/demangle.hpp>

namespace seriatim::testing {

bool ExpectedEvent::matches(const RecordedEvent& event) const {
  if (id_ && *id_ != event.header().aggregate_id) return false;
  if (matcher_) return matcher_->covers(event.type()) && matcher_->holds(event.any());
  return type_.name == event.type_name() && attributes::same_shape(value_.type(), event.value().type()) &&
         attributes::equal(value_.type(), value_.get(), event.value().get());
}

std::string ExpectedEvent::text() const {
  if (!matcher_) return std::string{type_.name};
  std::string text = "any event";
  if (matcher_->kind == EventMatcher::Kind::exact) text = type_.name;
  if (matcher_->kind == EventMatcher::Kind::is_a) text = "any " + boost::core::demangle(matcher_->cpp_name.data());
  if (!matcher_->conditions.empty()) text += " of which a condition holds";
  return text;
}

namespace {

/// What the framework fills in, and what the expectation leaves open, is as it is.
void open(Command& expected, const Command& actual) {
  if (!expected.user_id) expected.user_id = actual.user_id;
  if (expected.created_at == Timestamp{}) expected.created_at = actual.created_at;
  if (!expected.event_aggregate_id) expected.event_aggregate_id = actual.event_aggregate_id;
  if (!expected.event_sequence_number) expected.event_sequence_number = actual.event_sequence_number;
  if (!expected.sequence_number) expected.sequence_number = actual.sequence_number;
  if (!expected.idempotency_key) expected.idempotency_key = actual.idempotency_key;
}

}  // namespace

bool ExpectedCommand::matches(const AnyCommand& command) const {
  if (type_.name != command.type().name) return false;
  if (!command_) return true;
  AnyCommand expected = *command_;
  open(expected.base(), command.base());
  return attributes::equal(*type_.attributes, expected.get(), command.get());
}

}  // namespace seriatim::testing
