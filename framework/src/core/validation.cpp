#include "seriatim/validation.hpp"

#include <algorithm>

namespace seriatim {
namespace {

bool is_blank(const std::string& text) {
  return text.find_first_not_of(" \t\n\r\f\v") == std::string::npos;
}

bool is_absent(const attributes::Type& type, const void* value) {
  using attributes::Kind;
  switch (type.kind) {
    case Kind::string: return is_blank(*static_cast<const std::string*>(value));
    case Kind::uuid: return static_cast<const Uuid*>(value)->is_nil();
    case Kind::list: return type.list_size(value) == 0;
    case Kind::optional: {
      const void* inner = type.optional_get(value);
      return inner == nullptr || is_absent(*type.element, inner);
    }
    default: return false;
  }
}

std::size_t characters(const std::string& utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace

CommandNotValid::CommandNotValid(std::string command_type, const AggregateId& aggregate_id, AttributeErrors errors)
    : Error{ErrorCode::command_not_valid, command_type + " is not valid: " + to_string(errors)},
      command_type_{std::move(command_type)},
      aggregate_id_{aggregate_id},
      errors_{std::move(errors)} {}

void Validation::check_presence(std::string_view name, const attributes::Type& type, const void* value) {
  if (is_absent(type, value)) add_error(name, "blank", "is required");
}

void Validation::check_length(std::string_view name, const std::string& value, std::size_t min, std::size_t max) {
  const std::size_t length = characters(value);
  if (length < min) add_error(name, "too_short", "is shorter than " + std::to_string(min) + " characters");
  if (length > max) add_error(name, "too_long", "is longer than " + std::to_string(max) + " characters");
}

Validation::Number& Validation::Number::require(bool holds, std::string_view code, std::string_view words,
                                                const Decimal& bound) {
  if (!holds) validation_.add_error(name_, code, "must be " + std::string{words} + " " + bound.to_string());
  return *this;
}

}  // namespace seriatim
