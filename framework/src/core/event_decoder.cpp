#include "core/event_decoder.hpp"

namespace seriatim::core {
namespace {

std::string where(std::string_view type, const AggregateId& id, std::int32_t sequence_number) {
  return "event " + std::to_string(sequence_number) + " of aggregate " + uuid_text(id) + " (" + std::string{type} + ")";
}

}  // namespace

const void* EventDecoder::decode(TypeIndex type, std::string_view json, const AggregateId& id,
                                 std::int32_t sequence_number) {
  const MessageType& message = registry_.events()[type].type;
  const attributes::Type& description = *message.attributes;
  if (objects_[type].empty()) {
    objects_[type] = attributes::Value::made(description);
    if (defaults_.empty()) defaults_.resize(objects_.size());
    defaults_[type] = objects_[type];
  } else {
    description.assign(objects_[type].get(), defaults_[type].get());
  }
  AttributeErrors errors;
  try {
    reader_.read(json, description, objects_[type].get(), {.from_database = true}, errors);
  } catch (const Error& error) {
    throw_error<ErrorCode::deserialization>(where(message.name, id, sequence_number) +
                                            " cannot be read: " + error.what());
  }
  if (!errors.empty()) {
    throw_error<ErrorCode::deserialization>(where(message.name, id, sequence_number) +
                                            " cannot be read: " + to_string(errors));
  }
  return objects_[type].get();
}

std::vector<CurrentEvent> EventDecoder::upcast(std::string_view name, std::string_view json, const AggregateId& id,
                                               std::int32_t sequence_number) const {
  if (!registry_.upcasters().knows(name)) throw_unknown_event(name, id, sequence_number);
  try {
    return registry_.upcasters().apply(name, json);
  } catch (const std::exception& error) {
    throw_error<ErrorCode::deserialization>(where(name, id, sequence_number) +
                                            " cannot be upcast: " + error.what());
  }
}

void throw_unknown_event(std::string_view type, const AggregateId& id, std::int32_t sequence_number) {
  throw_error<ErrorCode::deserialization>(where(type, id, sequence_number) +
                                          " has a type that no loaded domain declares: load the plugin that declares "
                                          "it, or add the event to its aggregate's list `Events`");
}

}  // namespace seriatim::core
