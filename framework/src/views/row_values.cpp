#include "views/row_values.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "attributes/scalar_text.hpp"
#include "seriatim/errors.hpp"

namespace seriatim::views {
namespace {

using attributes::Kind;
using attributes::Type;

template <class T>
const T& as(const void* value) {
  return *static_cast<const T*>(value);
}

/// Any constants will do.
constexpr std::size_t hash_of_null = 0x5eed;
constexpr std::size_t hash_of_nan = 0x7ff8;

std::size_t raw_hash(const Type& type, const void* value) {
  if (type.kind == Kind::optional) {
    const void* inner = type.optional_get(value);
    return inner == nullptr ? hash_of_null : raw_hash(*type.element, inner);
  }
  if (type.kind == Kind::floating && std::isnan(as<double>(value))) return hash_of_nan;
  return attributes::hash(type, value);
}

bool double_before(double a, double b) noexcept {
  return std::isnan(b) ? !std::isnan(a) : a < b;
}

[[noreturn]] void fail_range(const RecordType& table, const Assignment& assignment, std::string_view why) {
  const attributes::Member& column = table.columns()[assignment.column];
  std::string message = "column " + std::string{column.name} + " of table " + std::string{table.table} + " cannot be ";
  message.append(assignment.operation == Assignment::Operation::increase ? "increased by " : "decreased by ");
  attributes::print(message, assignment.value.type(), assignment.value.get());
  throw_error<ErrorCode::serialization>(message.append(": ").append(why));
}

template <class T>
void add_integer(const RecordType& table, const Assignment& assignment, T& target, T amount) {
  T result{};
  const bool out_of_range = assignment.operation == Assignment::Operation::increase
                                ? __builtin_add_overflow(target, amount, &result)
                                : __builtin_sub_overflow(target, amount, &result);
  if (out_of_range) {
    fail_range(table, assignment, std::to_string(target) + " would become too large or too small for its type");
  }
  target = result;
}

void add_double(const RecordType& table, const Assignment& assignment, double& target, double amount) {
  const double result = assignment.operation == Assignment::Operation::increase ? target + amount : target - amount;
  if (std::isinf(result) && !std::isinf(target) && !std::isinf(amount)) {
    fail_range(table, assignment, "the result is too large for a double");
  }
  target = result;
}

void add_decimal(const RecordType& table, const Assignment& assignment, Decimal& target, const Decimal& amount) {
  try {
    target = assignment.operation == Assignment::Operation::increase ? target + amount : target - amount;
  } catch (const std::overflow_error& error) {
    fail_range(table, assignment, error.what());
  }
}

/// `target` plus or minus `amount`, both of `type`.
void add(const RecordType& table, const Assignment& assignment, const Type& type, void* target, const void* amount) {
  switch (type.kind) {
    case Kind::optional: {
      const void* inner = type.optional_get(target);
      const void* inner_amount = type.optional_get(amount);
      if (inner == nullptr) return;
      if (inner_amount == nullptr) return type.optional_reset(target);
      return add(table, assignment, *type.element, const_cast<void*>(inner), inner_amount);
    }
    case Kind::int32:
      return add_integer(table, assignment, *static_cast<std::int32_t*>(target), as<std::int32_t>(amount));
    case Kind::int64:
      return add_integer(table, assignment, *static_cast<std::int64_t*>(target), as<std::int64_t>(amount));
    case Kind::floating:
      return add_double(table, assignment, *static_cast<double*>(target), as<double>(amount));
    case Kind::decimal:
      return add_decimal(table, assignment, *static_cast<Decimal*>(target), as<Decimal>(amount));
    default:
      fail_range(table, assignment, "only integers, doubles and decimals can grow and shrink; use `set`");
  }
}

}  // namespace

bool is_null(const Type& type, const void* value) noexcept {
  return type.kind == Kind::optional && type.optional_get(value) == nullptr;
}

const Uuid* uuid_of(const Type& type, const void* value) noexcept {
  if (type.kind == Kind::uuid) return static_cast<const Uuid*>(value);
  if (type.kind != Kind::optional || type.element->kind != Kind::uuid) return nullptr;
  return static_cast<const Uuid*>(type.optional_get(value));
}

std::uint32_t hash_of(const Type& type, const void* value) {
  // The hashes of integers are the integers; multiplication spreads them, and its upper half is the good one.
  std::uint64_t hash = raw_hash(type, value);
  hash ^= hash >> 32U;
  return static_cast<std::uint32_t>((hash * 0x9e3779b97f4a7c15ULL) >> 32U);
}

bool same_value(const Type& type, const void* a, const void* b) {
  if (type.kind == Kind::optional) {
    const void* left = type.optional_get(a);
    const void* right = type.optional_get(b);
    if (left == nullptr || right == nullptr) return left == right;
    return same_value(*type.element, left, right);
  }
  if (type.kind == Kind::floating && std::isnan(as<double>(a))) return std::isnan(as<double>(b));
  return attributes::equal(type, a, b);
}

bool has_order(const Type& type) noexcept {
  if (type.kind == Kind::optional) return has_order(*type.element);
  return type.kind != Kind::list && type.kind != Kind::object && type.kind != Kind::secret;
}

bool comes_before(const Type& type, const void* a, const void* b) {
  switch (type.kind) {
    case Kind::string:
      return as<std::string>(a) < as<std::string>(b);
    case Kind::int32:
      return as<std::int32_t>(a) < as<std::int32_t>(b);
    case Kind::int64:
      return as<std::int64_t>(a) < as<std::int64_t>(b);
    case Kind::floating:
      return double_before(as<double>(a), as<double>(b));
    case Kind::decimal:
      return as<Decimal>(a) < as<Decimal>(b);
    case Kind::boolean:
      return !as<bool>(a) && as<bool>(b);
    case Kind::date:
      return as<Date>(a) < as<Date>(b);
    case Kind::timestamp:
      return as<Timestamp>(a) < as<Timestamp>(b);
    case Kind::uuid:
      return as<Uuid>(a) < as<Uuid>(b);
    case Kind::enumeration:
      return attributes::enum_name(type, a) < attributes::enum_name(type, b);
    case Kind::optional: {
      const void* left = type.optional_get(a);
      const void* right = type.optional_get(b);
      if (left == nullptr || right == nullptr) return left != nullptr && right == nullptr;
      return comes_before(*type.element, left, right);
    }
    case Kind::list:
    case Kind::object:
    case Kind::secret:
      return false;
  }
  return false;
}

void apply(const RecordType& table, const Assignment& assignment, void* target) {
  const Type& type = *table.columns()[assignment.column].type;
  if (assignment.operation == Assignment::Operation::set) return type.assign(target, assignment.value.get());
  add(table, assignment, type, target, assignment.value.get());
}

bool owns_memory(const Type& type) noexcept {
  if (type.kind == Kind::optional) return owns_memory(*type.element);
  if (type.kind == Kind::object) {
    return std::any_of(type.members.begin(), type.members.end(),
                       [](const attributes::Member& member) { return owns_memory(*member.type); });
  }
  return type.kind == Kind::string || type.kind == Kind::list || type.kind == Kind::secret;
}

std::size_t owned_bytes(const Type& type, const void* value) {
  std::size_t bytes = 0;
  switch (type.kind) {
    case Kind::string:
      return as<std::string>(value).size() < sizeof(std::string) / 2 ? 0 : as<std::string>(value).size();
    case Kind::optional:
      return is_null(type, value) ? 0 : owned_bytes(*type.element, type.optional_get(value));
    case Kind::list:
      for (std::size_t i = 0, size = type.list_size(value); i < size; ++i) {
        bytes += type.element->size + owned_bytes(*type.element, type.list_at(value, i));
      }
      return bytes;
    case Kind::object:
      for (const attributes::Member& member : type.members) bytes += owned_bytes(*member.type, member.address(value));
      return bytes;
    default:
      return 0;
  }
}

bool has_variants(const Type& type) noexcept {
  if (type.kind == Kind::optional) return has_variants(*type.element);
  // Lists and objects may hold such values; looking would not end for a type that holds lists of itself.
  return type.kind == Kind::decimal || type.kind == Kind::floating || type.kind == Kind::list ||
         type.kind == Kind::object;
}

}  // namespace seriatim::views
