#include "core/command_checks.hpp"

namespace seriatim::core {
namespace {

constexpr std::size_t longest_key = 255;  ///< Bytes. An index entry of PostgreSQL holds ten times that.

/// What only some commands carry: the version that they expect, and their idempotency key.
void check_expectations(const Command& command, AttributeErrors& errors) {
  if (command.sequence_number.value_or(0) < 0) {
    errors["sequence_number"].push_back(attribute_error("greater_than_or_equal_to", {{"count", "0"}}));
  }
  if (!command.idempotency_key) return;
  if (command.idempotency_key->empty()) errors["idempotency_key"].push_back(attribute_error("blank"));
  if (command.idempotency_key->size() > longest_key) {
    errors["idempotency_key"].push_back(attribute_error("too_large", {{"count", std::to_string(longest_key)}}));
  }
}

AttributeErrors errors_of(const RegisteredCommand& registered, const AnyCommand& command) {
  AttributeErrors errors;
  attributes::find_unstorable(errors, *registered.type.attributes, command.get());
  detail::require_aggregate_id(command.base(), errors);
  check_expectations(command.base(), errors);
  // Every binding of one command type carries the same declaration.
  registered.handlers.front()->validate(command.get(), errors);
  return errors;
}

}  // namespace

void check_command(const RegisteredCommand& registered, const AnyCommand& command, int secret_cost) {
  const attributes::Type& type = *registered.type.attributes;
  AttributeErrors errors;
  try {
    errors = errors_of(registered, command);
  } catch (...) {
    attributes::wipe_secrets(type, command.get());
    throw;
  }
  if (!errors.empty()) {
    attributes::wipe_secrets(type, command.get());
    throw CommandNotValid{std::string{command.type().name}, command.base().aggregate_id, std::move(errors)};
  }
  attributes::hash_secrets(type, command.get(), secret_cost);
}

}  // namespace seriatim::core
