#include "core/command_checks.hpp"

namespace seriatim::core {
namespace {

AttributeErrors errors_of(const RegisteredCommand& registered, const AnyCommand& command) {
  AttributeErrors errors;
  attributes::find_unstorable(errors, *registered.type.attributes, command.get());
  detail::require_aggregate_id(command.base(), errors);
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
