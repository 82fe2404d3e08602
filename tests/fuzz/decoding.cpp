#include "fuzz/decoding.hpp"

#include <stdexcept>

#include "core/command_checks.hpp"
#include "core/command_decoder.hpp"
#include "core/event_decoder.hpp"
#include "fuzz/messages.hpp"

namespace fuzz {
namespace {

using seriatim::Error;
using seriatim::ErrorCode;

const seriatim::core::Registry& registry() {
  static const seriatim::core::Registry all{{domain()}};
  return all;
}

void require(bool holds, const std::string& what) {
  if (!holds) throw std::logic_error{what};
}

void require_refusal(const Error& error) {
  require(error.code() == ErrorCode::deserialization || error.code() == ErrorCode::command_not_valid ||
              error.code() == ErrorCode::unknown_command,
          std::string{"an input is answered with "} + to_string(error.code()) + ": " + error.what());
}

/// With all digits of a timestamp, so that nothing is lost.
template <class T>
std::string written(const T& value, bool redact_secrets) {
  return seriatim::to_json(value, {.timestamp_digits = 6, .redact_secrets = redact_secrets});
}

/// Not with U+0000, nor with half of a surrogate pair: such a command is found to be invalid before anything writes it.
bool can_be_written(const Everything& value) {
  seriatim::AttributeErrors unstorable;
  seriatim::attributes::find_unstorable(unstorable, seriatim::attributes::type_of<Everything>, &value);
  return unstorable.empty();
}

void require_same_after_a_round_trip(const Everything& before) {
  if (!can_be_written(before)) return;
  const std::string json = written(before, false);
  const auto after = seriatim::from_json<Everything>(json);
  require(seriatim::same_attributes(before, after), "a value changed on its way through JSON: " + json);
  require(seriatim::differences(before, after).empty(), "equal values differ: " + json);
  require(written(after, false) == json, "one value has two JSON texts: " + json);
}

/// Clear texts cannot be written: without them.
Everything without_secrets(const Everything& value) {
  return seriatim::with_changes(value, &Everything::secret, seriatim::Secret{}, &Everything::secrets, std::nullopt);
}

}  // namespace

void decode_command(std::string_view json) {
  try {
    const seriatim::AnyCommand command = seriatim::core::decode_command(registry(), json);
    const auto& decoded = *static_cast<const Do*>(command.get());
    require_same_after_a_round_trip(without_secrets(decoded));
    (void)seriatim::describe(decoded);
    if (can_be_written(without_secrets(decoded))) (void)written(decoded, true);
    const auto errors = seriatim::validation_errors(decoded);
    if (!errors.empty() && to_string(errors).empty()) throw std::logic_error{"an error without a text"};
  } catch (const Error& error) {
    require_refusal(error);
  }
}

void decode_event(std::string_view json) {
  static seriatim::core::EventDecoder decoder{registry()};
  try {
    const void* event = decoder.decode(registry().event(Done::type_name), json, {}, 1);
    require_same_after_a_round_trip(*static_cast<const Done*>(event));
  } catch (const Error& error) {
    require_refusal(error);
  }
}

}  // namespace fuzz
