#include "seriatim/attributes.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>

#include "attributes/scalar_text.hpp"

namespace seriatim::attributes {

std::string_view to_string(Kind kind) noexcept {
  switch (kind) {
    case Kind::string: return "string";
    case Kind::int32: return "32-bit integer";
    case Kind::int64: return "64-bit integer";
    case Kind::floating: return "double";
    case Kind::decimal: return "decimal";
    case Kind::boolean: return "boolean";
    case Kind::date: return "date";
    case Kind::timestamp: return "timestamp";
    case Kind::uuid: return "UUID";
    case Kind::enumeration: return "enum";
    case Kind::optional: return "optional";
    case Kind::list: return "list";
    case Kind::object: return "object";
    case Kind::secret: return "secret";
  }
  return "unknown kind";
}

namespace {

template <class T>
const T& as(const void* value) {
  return *static_cast<const T*>(value);
}

bool equal_optionals(const Type& type, const void* a, const void* b) {
  const void* left = type.optional_get(a);
  const void* right = type.optional_get(b);
  if (left == nullptr || right == nullptr) return left == right;
  return equal(*type.element, left, right);
}

bool equal_lists(const Type& type, const void* a, const void* b) {
  const std::size_t size = type.list_size(a);
  if (size != type.list_size(b)) return false;
  for (std::size_t i = 0; i < size; ++i) {
    if (!equal(*type.element, type.list_at(a, i), type.list_at(b, i))) return false;
  }
  return true;
}

bool equal_objects(const Type& type, const void* a, const void* b) {
  return std::all_of(type.members.begin(), type.members.end(), [&](const Member& member) {
    return equal(*member.type, member.address(a), member.address(b));
  });
}

std::size_t mix(std::size_t seed, std::size_t value) noexcept {
  return seed ^ (value + 0x9e3779b97f4a7c15ULL + (seed << 6U) + (seed >> 2U));
}

/// Each half of the id counts: the first is a time in some, and the same in all ids of others.
std::size_t hash_uuid(const void* id) noexcept {
  std::array<std::uint64_t, 2> halves{};
  static_assert(sizeof halves == sizeof(Uuid));
  std::memcpy(halves.data(), id, sizeof halves);
  return mix(halves[0] * 0x9e3779b97f4a7c15ULL, halves[1]);
}

std::size_t hash_list(const Type& type, const void* list) {
  std::size_t result = type.list_size(list);
  for (std::size_t i = 0, size = type.list_size(list); i < size; ++i) {
    result = mix(result, hash(*type.element, type.list_at(list, i)));
  }
  return result;
}

std::size_t hash_object(const Type& type, const void* object) {
  std::size_t result = type.members.size();
  for (const Member& member : type.members) result = mix(result, hash(*member.type, member.address(object)));
  return result;
}

void print_list(std::string& out, const Type& type, const void* list) {
  out += '[';
  for (std::size_t i = 0, size = type.list_size(list); i < size; ++i) {
    if (i != 0) out += ", ";
    print(out, *type.element, type.list_at(list, i));
  }
  out += ']';
}

void print_object(std::string& out, const Type& type, const void* object) {
  out += '{';
  for (std::size_t i = 0; i < type.members.size(); ++i) {
    if (i != 0) out += ", ";
    out.append(type.members[i].name).append(": ");
    print(out, *type.members[i].type, type.members[i].address(object));
  }
  out += '}';
}

}  // namespace

bool equal(const Type& type, const void* a, const void* b) {
  switch (type.kind) {
    case Kind::string: return as<std::string>(a) == as<std::string>(b);
    case Kind::int32: return as<std::int32_t>(a) == as<std::int32_t>(b);
    case Kind::int64: return as<std::int64_t>(a) == as<std::int64_t>(b);
    case Kind::floating: return as<double>(a) == as<double>(b);
    case Kind::decimal: return as<Decimal>(a) == as<Decimal>(b);
    case Kind::boolean: return as<bool>(a) == as<bool>(b);
    case Kind::date: return as<Date>(a) == as<Date>(b);
    case Kind::timestamp: return as<Timestamp>(a) == as<Timestamp>(b);
    case Kind::uuid: return as<Uuid>(a) == as<Uuid>(b);
    case Kind::enumeration: return type.enum_get(a) == type.enum_get(b);
    case Kind::optional: return equal_optionals(type, a, b);
    case Kind::list: return equal_lists(type, a, b);
    case Kind::object: return equal_objects(type, a, b);
    case Kind::secret: return as<Secret>(a) == as<Secret>(b);
  }
  return false;
}

std::size_t hash(const Type& type, const void* value) {
  switch (type.kind) {
    case Kind::string: return std::hash<std::string>{}(as<std::string>(value));
    case Kind::int32: return std::hash<std::int32_t>{}(as<std::int32_t>(value));
    case Kind::int64: return std::hash<std::int64_t>{}(as<std::int64_t>(value));
    case Kind::floating: return std::hash<double>{}(as<double>(value));
    case Kind::decimal: return std::hash<Decimal>{}(as<Decimal>(value));
    case Kind::boolean: return as<bool>(value) ? 1 : 0;
    case Kind::date:
      return std::hash<std::int64_t>{}(std::chrono::sys_days{as<Date>(value)}.time_since_epoch().count());
    case Kind::timestamp: return std::hash<std::int64_t>{}(as<Timestamp>(value).time_since_epoch().count());
    case Kind::uuid: return hash_uuid(value);
    case Kind::enumeration: return std::hash<std::int64_t>{}(type.enum_get(value));
    case Kind::optional: {
      const void* inner = type.optional_get(value);
      return inner == nullptr ? 0x5eed : hash(*type.element, inner);
    }
    case Kind::list: return hash_list(type, value);
    case Kind::object: return hash_object(type, value);
    case Kind::secret: return as<Secret>(value).hash_value();
  }
  return 0;
}

void print(std::string& out, const Type& type, const void* value) {
  switch (type.kind) {
    case Kind::string: out.append(1, '"').append(as<std::string>(value)).append(1, '"'); return;
    case Kind::optional: {
      const void* inner = type.optional_get(value);
      if (inner == nullptr) {
        out += "none";
      } else {
        print(out, *type.element, inner);
      }
      return;
    }
    case Kind::list: print_list(out, type, value); return;
    case Kind::object: print_object(out, type, value); return;
    case Kind::secret: out += as<Secret>(value).empty() ? "none" : "(secret)"; return;
    case Kind::date:
      if (has_text(as<Date>(value))) break;
      out += "no date";
      return;
    case Kind::timestamp:
      if (has_text(as<Timestamp>(value))) break;
      out += "no time";
      return;
    default: break;
  }
  append_scalar_text(out, type, value, 6);
}

void cut_timestamps(const Type& type, void* value, int digits) {
  // The tables offer the reading view of what is inside; the value is the caller's to change.
  const auto inside = [&](const Type& inner, const void* address) {
    cut_timestamps(inner, const_cast<void*>(address), digits);
  };
  switch (type.kind) {
    case Kind::timestamp: {
      auto& moment = *static_cast<Timestamp*>(value);
      moment = truncated(moment, digits);
      return;
    }
    case Kind::optional:
      if (const void* inner = type.optional_get(value)) inside(*type.element, inner);
      return;
    case Kind::list:
      if (type.element->kind == Kind::boolean) return;
      for (std::size_t i = 0, size = type.list_size(value); i < size; ++i) inside(*type.element, type.list_at(value, i));
      return;
    case Kind::object:
      for (const Member& member : type.members) inside(*member.type, member.address(value));
      return;
    default: return;
  }
}

bool same_shape(const Type& a, const Type& b) {
  if (&a == &b) return true;
  if (a.kind != b.kind || a.size != b.size || a.members.size() != b.members.size() ||
      a.values.size() != b.values.size() || (a.element == nullptr) != (b.element == nullptr)) {
    return false;
  }
  if (a.element != nullptr && !same_shape(*a.element, *b.element)) return false;
  return std::equal(a.members.begin(), a.members.end(), b.members.begin(),
                    [](const Member& x, const Member& y) { return x.name == y.name && same_shape(*x.type, *y.type); }) &&
         std::equal(a.values.begin(), a.values.end(), b.values.begin(),
                    [](const EnumValue& x, const EnumValue& y) { return x.name == y.name && x.value == y.value; });
}

void* Value::allocate(const Type& type) {
  if (type.moves_nothrow && type.size <= small_bytes && type.alignment <= small_alignment) return small_;
  heap_ = ::operator new(type.size, std::align_val_t{type.alignment});
  heap_alignment_ = type.alignment;
  return heap_;
}

void Value::take_object(Value& other) noexcept {
  if (other.type_ == nullptr) return;
  if (other.heap_ != nullptr) {
    heap_ = std::exchange(other.heap_, nullptr);
    heap_alignment_ = other.heap_alignment_;
    type_ = std::exchange(other.type_, nullptr);
  } else {
    other.type_->move(small_, other.small_);
    type_ = other.type_;
    other.release();
  }
}

void Value::release_object() noexcept {
  type_->destroy(get());
  if (heap_ != nullptr) ::operator delete(heap_, std::align_val_t{heap_alignment_});
  heap_ = nullptr;
}

}  // namespace seriatim::attributes
