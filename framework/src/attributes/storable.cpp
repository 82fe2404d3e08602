// What is in memory but cannot be stored, found before a handler sees it; and the secrets in a value.

#include <rapidjson/encodings.h>
#include <rapidjson/memorystream.h>

#include <cmath>

#include "attributes/scalar_text.hpp"
#include "seriatim/messages.hpp"
#include "seriatim/time.hpp"

namespace seriatim::attributes {
namespace {

template <class T>
const T& as(const void* value) {
  return *static_cast<const T*>(value);
}

/// Takes what RapidJSON's validation copies on its way.
struct Nowhere {
  void Put(char /*c*/) {}
};

bool is_ascii(const std::string& text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0x80U) return false;
  }
  return true;
}

bool is_utf8(const std::string& text) {
  if (is_ascii(text)) return true;
  rapidjson::MemoryStream stream{text.data(), text.size()};
  Nowhere nowhere;
  while (stream.Tell() < text.size()) {
    if (!rapidjson::UTF8<>::Validate(stream, nowhere)) return false;
  }
  return stream.Tell() == text.size();
}

const char* wrong_with_text(const std::string& text) {
  if (text.find('\0') != std::string::npos) return "contains_nul";
  return is_utf8(text) ? nullptr : "not_utf8";
}

/// The code of what is wrong with a scalar, or nullptr.
const char* wrong_with(const Type& type, const void* value) {
  switch (type.kind) {
    case Kind::string: return wrong_with_text(as<std::string>(value));
    case Kind::floating: return std::isfinite(as<double>(value)) ? nullptr : "not_a_number";
    case Kind::date: return has_text(as<Date>(value)) ? nullptr : "not_a_date";
    case Kind::timestamp: return has_text(as<Timestamp>(value)) ? nullptr : "not_a_timestamp";
    case Kind::enumeration: return enum_name(type, value).empty() ? "not_a_known_value" : nullptr;
    default: return nullptr;
  }
}

void check_secret(AttributeErrors& errors, const Secret& secret, const std::string& path) {
  secret.inspect([&](std::string_view clear_text) {
    if (clear_text.find('\0') != std::string_view::npos) errors[path].push_back(attribute_error("contains_nul"));
    if (clear_text.size() > Secret::max_bytes) {
      errors[path].push_back(attribute_error("too_large", {{"count", std::to_string(Secret::max_bytes)}}));
    }
  });
}

/// Calls `visit` with every secret in the value.
template <class Visit>
void for_each_secret(const Type& type, const void* value, const Visit& visit) {
  switch (type.kind) {
    case Kind::secret: return visit(as<Secret>(value));
    case Kind::optional:
      if (const void* inner = type.optional_get(value)) for_each_secret(*type.element, inner, visit);
      return;
    case Kind::list:
      for (std::size_t i = 0, size = type.list_size(value); i < size; ++i) {
        for_each_secret(*type.element, type.list_at(value, i), visit);
      }
      return;
    case Kind::object:
      for (const Member& member : type.members) for_each_secret(*member.type, member.address(value), visit);
      return;
    default: return;
  }
}

}  // namespace

void find_unstorable(AttributeErrors& errors, const Type& type, const void* value, const std::string& path) {
  switch (type.kind) {
    case Kind::secret: return check_secret(errors, as<Secret>(value), path);
    case Kind::optional:
      if (const void* inner = type.optional_get(value)) find_unstorable(errors, *type.element, inner, path);
      return;
    case Kind::list:
      for (std::size_t i = 0, size = type.list_size(value); i < size; ++i) {
        find_unstorable(errors, *type.element, type.list_at(value, i), path_to(path, i));
      }
      return;
    case Kind::object:
      for (const Member& member : type.members) {
        find_unstorable(errors, *member.type, member.address(value), path_to(path, member.name));
      }
      return;
    default:
      if (const char* code = wrong_with(type, value)) errors[path].push_back(attribute_error(code));
  }
}

void hash_secrets(const Type& type, const void* value, int cost) {
  for_each_secret(type, value, [cost](const Secret& secret) { secret.hash(cost); });
}

void wipe_secrets(const Type& type, const void* value) noexcept {
  for_each_secret(type, value, [](const Secret& secret) { secret.wipe(); });
}

}  // namespace seriatim::attributes
