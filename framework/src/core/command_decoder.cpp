#include "core/command_decoder.hpp"

#include "attributes/json_reader.hpp"

namespace seriatim::core {
namespace {

constexpr JsonLimits command_limits{.strict = true, .refuse_nul = true, .user_input = true, .max_depth = 32,
                                    .max_string_bytes = std::size_t{1} << 20U};

/// A strict reader would refuse the key that names the command's type.
void forget_type_key(AttributeErrors& errors) { errors.erase("type"); }

}  // namespace

void throw_unknown_command(std::string_view name) {
  throw_error<ErrorCode::unknown_command>("no loaded domain handles commands of type \"" + std::string{name} +
                                          "\": load the plugin that does, or correct the type");
}

AnyCommand decode_command(const Registry& registry, std::string_view json) {
  const auto name = attributes::top_level_string(json, "type", command_limits.max_depth);
  if (!name) {
    throw_error<ErrorCode::deserialization>("the command has no type: add \"type\": \"...\" to the JSON object");
  }
  const TypeIndex type = registry.command(*name);
  if (type == unknown_type) throw_unknown_command(*name);
  const MessageType& message = registry.commands()[type].type;
  AnyCommand command{message, attributes::Value::made(*message.attributes)};
  AttributeErrors errors;
  attributes::read_json(json, *message.attributes, &command.base(), command_limits, errors);
  forget_type_key(errors);
  if (!errors.empty()) throw CommandNotValid{*name, command.base().aggregate_id, std::move(errors)};
  // What caused a command is for the framework to say.
  command.base().event_aggregate_id.reset();
  command.base().event_sequence_number.reset();
  return command;
}

}  // namespace seriatim::core
