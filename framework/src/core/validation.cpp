#include "seriatim/validation.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

namespace seriatim {
namespace {

using attributes::Kind;

template <class T>
const T& as(const void* value) {
  return *static_cast<const T*>(value);
}

bool is_blank(const std::string& text) {
  return text.find_first_not_of(" \t\n\r\f\v") == std::string::npos;
}

bool is_absent(const attributes::Type& type, const void* value) {
  switch (type.kind) {
    case Kind::string: return is_blank(as<std::string>(value));
    case Kind::secret: return as<Secret>(value).empty();
    case Kind::uuid: return as<Uuid>(value).is_nil();
    case Kind::list: return type.list_size(value) == 0;
    case Kind::optional: {
      const void* inner = type.optional_get(value);
      return inner == nullptr || is_absent(*type.element, inner);
    }
    default: return false;
  }
}

std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::partial_ordering order(const attributes::Type& type, const void* a, const void* b) {
  switch (type.kind) {
    case Kind::string: return as<std::string>(a) <=> as<std::string>(b);
    case Kind::int32: return as<std::int32_t>(a) <=> as<std::int32_t>(b);
    case Kind::int64: return as<std::int64_t>(a) <=> as<std::int64_t>(b);
    case Kind::floating: return as<double>(a) <=> as<double>(b);
    case Kind::decimal: return as<Decimal>(a) <=> as<Decimal>(b);
    case Kind::date: return as<Date>(a) <=> as<Date>(b);
    case Kind::timestamp: return as<Timestamp>(a) <=> as<Timestamp>(b);
    default: return std::partial_ordering::unordered;
  }
}

bool satisfies(std::string_view code, std::partial_ordering order) {
  if (code == "greater_than") return std::is_gt(order);
  if (code == "greater_than_or_equal_to") return std::is_gteq(order);
  if (code == "less_than") return std::is_lt(order);
  if (code == "less_than_or_equal_to") return std::is_lteq(order);
  if (code == "equal_to") return std::is_eq(order);
  return std::is_neq(order);
}

/// A digest was found valid before it was one. What is empty, or was wiped because the command was refused, is a text
/// without characters.
void show_entered(const Secret& secret, const std::function<void(std::string_view)>& look) {
  if (!secret.inspect(look) && secret.empty()) look({});
}

Decimal decimal_of(const attributes::Type& type, const void* value) {
  if (type.kind == Kind::int32) return Decimal{as<std::int32_t>(value)};
  if (type.kind == Kind::int64) return Decimal{as<std::int64_t>(value)};
  return as<Decimal>(value);
}

}  // namespace

CommandNotValid::CommandNotValid(std::string command_type, const AggregateId& aggregate_id, AttributeErrors errors)
    : Error{ErrorCode::command_not_valid, command_type + " is not valid: " + to_string(errors)},
      command_type_{std::move(command_type)},
      aggregate_id_{aggregate_id},
      errors_{std::move(errors)} {}

void detail::require_aggregate_id(const Command& command, AttributeErrors& errors) {
  if (command.aggregate_id.is_nil()) errors["aggregate_id"].push_back(attribute_error("blank"));
}

void Validation::add_error(std::string_view attribute, AttributeError error) {
  errors_[attributes::path_to(path_, attribute)].push_back(std::move(error));
}

const void* Validation::find(std::string_view name, const attributes::Type& type) const {
  for (const attributes::Member& member : type_.members) {
    if (member.name == name && attributes::same_shape(*member.type, type)) return member.address(object_);
  }
  return nullptr;
}

void Validation::throw_not_an_attribute(std::string_view name) const {
  if (name.empty()) {
    throw_error<ErrorCode::usage>("a validation names a member that is not described: add it to BOOST_DESCRIBE_STRUCT");
  }
  throw_error<ErrorCode::usage>("a validation names " + std::string{name} +
                                ", which is no attribute of the struct that is validated: use a member of this one");
}

Validation::Attribute Validation::present(const Attribute& attribute) {
  if (attribute.type->kind != Kind::optional) return attribute;
  return {attribute.name, attribute.type->element, attribute.type->optional_get(attribute.value)};
}

void Validation::check_presence(const Attribute& attribute) {
  if (!is_absent(*attribute.type, attribute.value)) return;
  add_error(attribute.name, attribute_error(attribute.type->kind == Kind::list ? "empty" : "blank"));
}

void Validation::check_length(const Attribute& attribute, const LengthLimits& limits) {
  const Attribute found = present(attribute);
  if (found.value == nullptr) return;
  if (found.type->kind == Kind::string) {
    check_size(found, characters(as<std::string>(found.value)), limits, false);
  } else if (found.type->kind == Kind::secret) {
    show_entered(as<Secret>(found.value),
                 [&](std::string_view text) { check_size(found, characters(text), limits, false); });
  } else {
    check_size(found, found.type->list_size(found.value), limits, true);
  }
}

void Validation::check_size(const Attribute& attribute, std::size_t size, const LengthLimits& limits, bool of_list) {
  const auto add = [&](const char* code, std::size_t count) {
    add_error(attribute.name, attribute_error(code, {{"count", std::to_string(count)}}));
  };
  if (limits.min && size < *limits.min) add(of_list ? "too_few" : "too_short", *limits.min);
  if (limits.max && size > *limits.max) add(of_list ? "too_many" : "too_long", *limits.max);
  if (limits.is && size != *limits.is) add(of_list ? "wrong_size" : "wrong_length", *limits.is);
}

void Validation::check_format(const Attribute& attribute, const Pattern& pattern) {
  const Attribute found = present(attribute);
  if (found.value == nullptr) return;
  bool matches = true;
  if (found.type->kind == Kind::secret) {
    show_entered(as<Secret>(found.value), [&](std::string_view text) { matches = pattern.matches(text); });
  } else {
    matches = pattern.matches(as<std::string>(found.value));
  }
  if (!matches) add_error(attribute.name, attribute_error("invalid"));
}

void Validation::check_acceptance(const Attribute& attribute) {
  const Attribute found = present(attribute);
  if (found.value == nullptr || !as<bool>(found.value)) add_error(attribute.name, attribute_error("accepted"));
}

void Validation::check_confirmation(const Attribute& attribute, const Attribute& repeated) {
  const Attribute left = present(attribute);
  const Attribute right = present(repeated);
  if (right.value == nullptr) return;
  // Hashed, it was found valid before, as in a command that is tried again; two digests of one text differ.
  if (right.type->kind == Kind::secret && as<Secret>(right.value).hashed()) return;
  if (left.value != nullptr && attributes::equal(*left.type, left.value, right.value)) return;
  add_error(repeated.name, attribute_error("confirmation", {{"attribute", std::string{attribute.name}}}));
}

void Validation::check_order(const Attribute& attribute, std::string_view code, const Attribute& other) {
  const Attribute left = present(attribute);
  const Attribute right = present(other);
  if (left.value == nullptr || right.value == nullptr) return;
  if (satisfies(code, order(*left.type, left.value, right.value))) return;
  std::string bound{other.name};
  if (bound.empty()) attributes::print(bound, *right.type, right.value);
  add_error(attribute.name, attribute_error(code, {{"count", std::move(bound)}}));
}

Validation::Number& Validation::Number::greater_than(const Decimal& bound) {
  return require(std::is_gt(against(bound)), "greater_than", bound);
}
Validation::Number& Validation::Number::greater_than_or_equal_to(const Decimal& bound) {
  return require(std::is_gteq(against(bound)), "greater_than_or_equal_to", bound);
}
Validation::Number& Validation::Number::less_than(const Decimal& bound) {
  return require(std::is_lt(against(bound)), "less_than", bound);
}
Validation::Number& Validation::Number::less_than_or_equal_to(const Decimal& bound) {
  return require(std::is_lteq(against(bound)), "less_than_or_equal_to", bound);
}
Validation::Number& Validation::Number::equal_to(const Decimal& bound) {
  return require(std::is_eq(against(bound)), "equal_to", bound);
}
Validation::Number& Validation::Number::other_than(const Decimal& bound) {
  return require(std::is_neq(against(bound)), "other_than", bound);
}
Validation::Number& Validation::Number::only_integer() { return require(is_integer(), "not_an_integer"); }
Validation::Number& Validation::Number::even() { return require(is_multiple_of_two(), "even"); }
Validation::Number& Validation::Number::odd() { return require(is_integer() && !is_multiple_of_two(), "odd"); }

Validation::Number& Validation::Number::require(bool holds, std::string_view code, const Decimal& bound) {
  if (attribute_.value != nullptr && !holds) {
    validation_.add_error(attribute_.name, attribute_error(code, {{"count", bound.to_string()}}));
  }
  return *this;
}

Validation::Number& Validation::Number::require(bool holds, std::string_view code) {
  if (attribute_.value != nullptr && !holds) validation_.add_error(attribute_.name, attribute_error(code));
  return *this;
}

std::partial_ordering Validation::Number::against(const Decimal& bound) const {
  if (attribute_.value == nullptr) return std::partial_ordering::unordered;
  if (attribute_.type->kind == Kind::floating) return as<double>(attribute_.value) <=> bound.to_double();
  return decimal_of(*attribute_.type, attribute_.value) <=> bound;
}

bool Validation::Number::is_integer() const {
  if (attribute_.value == nullptr) return true;
  if (attribute_.type->kind != Kind::floating) return decimal_of(*attribute_.type, attribute_.value).is_integer();
  const double number = as<double>(attribute_.value);
  return std::trunc(number) == number;
}

bool Validation::Number::is_multiple_of_two() const {
  if (attribute_.value == nullptr) return true;
  if (attribute_.type->kind == Kind::floating) return std::fmod(as<double>(attribute_.value), 2.0) == 0.0;
  const Decimal number = decimal_of(*attribute_.type, attribute_.value);
  return number.divided_by(2, 0, Rounding::down) * 2 == number;
}

}  // namespace seriatim
