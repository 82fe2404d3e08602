#include "attributes/scalar_text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <system_error>

#include "seriatim/errors.hpp"

namespace seriatim::attributes {
namespace {

template <class T>
const T& as(const void* value) {
  return *static_cast<const T*>(value);
}

template <class T>
void append_number(std::string& out, T value) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value);
  out.append(buffer, end.ptr);
}

void skip_digits(std::string_view& text, std::size_t& count) {
  const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
  count += end;
  text.remove_prefix(end);
}

/// Whether the text is a number at all, whatever its size: "-12", ".5", "1e400".
bool is_number(std::string_view text) {
  std::size_t digits = 0;
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  skip_digits(text, digits);
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    skip_digits(text, digits);
  }
  if (digits == 0) return false;
  if (text.empty()) return true;
  if (text.front() != 'e' && text.front() != 'E') return false;
  text.remove_prefix(1);
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

template <class T>
const char* read_number(std::string_view text, void* target) {
  T value{};
  const char* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, value);
  if (error == std::errc::result_out_of_range) return "out_of_range";
  if (error != std::errc{} || end != last) {
    return std::is_integral_v<T> && is_number(text) ? "not_an_integer" : "not_a_number";
  }
  if constexpr (std::is_floating_point_v<T>) {
    if (!std::isfinite(value)) return "not_a_number";
  }
  *static_cast<T*>(target) = value;
  return nullptr;
}

const char* read_decimal(std::string_view text, void* target) {
  const std::optional<Decimal> parsed = Decimal::parse(text);
  if (!parsed) return is_number(text) ? "out_of_range" : "not_a_number";
  *static_cast<Decimal*>(target) = *parsed;
  return nullptr;
}

template <class T>
const char* store(const std::optional<T>& parsed, void* target, const char* error) {
  if (!parsed) return error;
  *static_cast<T*>(target) = *parsed;
  return nullptr;
}

const char* read_enum(std::string_view text, const Type& type, void* target) {
  for (const EnumValue& value : type.values) {
    if (value.name == text) {
      type.enum_set(target, value.value);
      return nullptr;
    }
  }
  return "not_a_known_value";
}

/// "" is no secret; see Secret::digest.
const char* read_digest(std::string_view text, void* target) {
  if (text.empty()) {
    *static_cast<Secret*>(target) = Secret{};
    return nullptr;
  }
  return store(Secret::from_digest(text), target, "not_a_digest");
}

/// What has no text is for whoever writes a value to handle, as anything else that cannot be stored.
template <class T>
const T& with_text(const void* value) {
  if (has_text(as<T>(value))) return as<T>(value);
  throw_error<ErrorCode::serialization>("a date or time that is not of the years 1 to 9999 cannot be written: set it, or "
                                        "make it optional");
}

const char* read_boolean(std::string_view text, void* target) {
  if (text != "true" && text != "false" && text != "t" && text != "f") return "not_a_boolean";
  *static_cast<bool*>(target) = text.front() == 't';
  return nullptr;
}

}  // namespace

bool has_text(Date date) noexcept {
  return date.ok() && date.year() >= std::chrono::year{1} && date.year() <= std::chrono::year{9999};
}

bool has_text(Timestamp time) noexcept {
  return time >= std::chrono::sys_days{std::chrono::year{1} / 1 / 1} &&
         time < std::chrono::sys_days{std::chrono::year{10000} / 1 / 1};
}

std::string_view enum_name(const Type& type, const void* value) noexcept {
  const std::int64_t number = type.enum_get(value);
  for (const EnumValue& candidate : type.values) {
    if (candidate.value == number) return candidate.name;
  }
  return {};
}

void append_scalar_text(std::string& out, const Type& type, const void* value, int timestamp_digits) {
  switch (type.kind) {
    case Kind::string: out += as<std::string>(value); return;
    case Kind::int32: append_number(out, as<std::int32_t>(value)); return;
    case Kind::int64: append_number(out, as<std::int64_t>(value)); return;
    case Kind::floating: append_number(out, as<double>(value)); return;
    case Kind::decimal: as<Decimal>(value).append_to(out); return;
    case Kind::boolean: out += as<bool>(value) ? "true" : "false"; return;
    case Kind::date: append_date(out, with_text<Date>(value)); return;
    case Kind::timestamp: append_timestamp(out, with_text<Timestamp>(value), timestamp_digits); return;
    case Kind::uuid: append_uuid(out, as<Uuid>(value)); return;
    case Kind::enumeration: out += enum_name(type, value); return;
    case Kind::secret: out += as<Secret>(value).digest(); return;
    case Kind::optional:
    case Kind::list:
    case Kind::object: break;
  }
  throw_error<ErrorCode::usage>("append_scalar_text was given a value that is no scalar");
}

const char* read_scalar_text(std::string_view text, const Type& type, void* target) {
  switch (type.kind) {
    case Kind::string: static_cast<std::string*>(target)->assign(text); return nullptr;
    case Kind::int32: return read_number<std::int32_t>(text, target);
    case Kind::int64: return read_number<std::int64_t>(text, target);
    case Kind::floating: return read_number<double>(text, target);
    case Kind::decimal: return read_decimal(text, target);
    case Kind::boolean: return read_boolean(text, target);
    case Kind::date: return store(parse_date(text), target, "not_a_date");
    case Kind::timestamp: return store(parse_timestamp(text), target, "not_a_timestamp");
    case Kind::uuid: return store(parse_uuid(text), target, "not_a_uuid");
    case Kind::enumeration: return read_enum(text, type, target);
    case Kind::secret: return read_digest(text, target);
    case Kind::optional:
    case Kind::list:
    case Kind::object: break;
  }
  return "not_a_scalar";
}

}  // namespace seriatim::attributes
