#include "core/snapshot_json.hpp"

namespace seriatim::core {

std::string write_snapshot(const attributes::Type& type, const void* state) {
  std::string json;
  attributes::write_json(json, type, state, JsonFormat{.timestamp_digits = 6});
  attributes::Value again = attributes::Value::made(type);
  read_snapshot(type, json, again.get());
  if (!attributes::equal(type, state, again.get())) {
    throw_error<ErrorCode::serialization>("the state is not the same when it is read again from " + json +
                                          ": give the members of State that may be empty no other default");
  }
  return json;
}

void read_snapshot(const attributes::Type& type, std::string_view json, void* state) {
  AttributeErrors errors;
  attributes::read_json(json, type, state, JsonLimits{.strict = true}, errors);
  if (!errors.empty()) throw_error<ErrorCode::deserialization>(to_string(errors));
}

}  // namespace seriatim::core
