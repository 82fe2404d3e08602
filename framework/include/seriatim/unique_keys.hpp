#pragma once
// Unique keys: what no two aggregates may have in common, and the error when they would.
//
// An aggregate declares its keys as a function of its state:
//
//     static seriatim::UniqueKeys unique_keys(const State& s) {
//       return {{"user_email", {{"email", lower(s.email)}}}};
//     }
//
// A scope is a name that any number of aggregate types may share; within it, a key belongs to one aggregate at most. The
// database sees to it when a command is stored. Keys are plain values: no database is needed to make or compare them.

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "seriatim/json.hpp"
#include "seriatim/message.hpp"

namespace seriatim {

namespace detail {

template <class V>
struct is_optional : std::false_type {};
template <class V>
struct is_optional<std::optional<V>> : std::true_type {};

/// What a state holds before it is told anything: nothing, an empty text, the nil UUID.
template <class V>
[[nodiscard]] bool is_absent(const V& value) {
  if constexpr (is_optional<V>::value) {
    return !value || is_absent(*value);
  } else if constexpr (std::is_convertible_v<const V&, std::string_view>) {
    return std::string_view{value}.empty();
  } else if constexpr (std::is_same_v<V, Uuid>) {
    return value.is_nil();
  } else {
    return false;
  }
}

}  // namespace detail

/// One attribute of a key, with its value as JSON. An absent value (an empty optional, an empty text, the nil UUID)
/// is null there.
struct KeyAttribute {
  /// `value` is of any type that attributes can have. Throws Error(serialization) for what JSON cannot hold.
  template <class V>
  KeyAttribute(std::string_view attribute, const V& value) : name{attribute}, absent{detail::is_absent(value)} {
    if (absent) {
      json = "null";
    } else if constexpr (std::is_convertible_v<const V&, std::string_view>) {
      const std::string text{std::string_view{value}};
      attributes::write_json(json, attributes::type_of<std::string>, &text);
    } else {
      attributes::write_json(json, attributes::type_of<V>, &value);
    }
  }

  std::string name;
  std::string json;
  bool absent;
};

/// A key: {attribute: value}. Two are equal when they have the same attributes with the same values, in whatever order
/// they are given. Decimals are compared as they are written: "12.5" and "12.50" are two keys.
class UniqueKey {
 public:
  /// Throws Error(usage) when no attribute is given, or one twice.
  UniqueKey(std::initializer_list<KeyAttribute> attributes);

  /// Whether all values are absent. Such a key is none: any number of aggregates may have it.
  [[nodiscard]] bool absent() const noexcept { return absent_; }

  /// The key as a JSON object, attributes in the order of their names.
  [[nodiscard]] const std::string& json() const noexcept { return json_; }

  friend bool operator==(const UniqueKey& a, const UniqueKey& b) noexcept { return a.json_ == b.json_; }

 private:
  std::string json_;
  bool absent_ = true;
};

/// The keys of one aggregate, at most one in each scope. Absent keys are left out.
class UniqueKeys {
 public:
  struct Scoped {
    std::string scope;
    UniqueKey key;
    friend bool operator==(const Scoped& a, const Scoped& b) noexcept { return a.scope == b.scope && a.key == b.key; }
  };

  UniqueKeys() = default;

  /// Throws Error(usage) when a scope has two keys.
  UniqueKeys(std::initializer_list<Scoped> keys);

  /// Adds a key, for those that depend on more than one expression can say. Throws as the constructor does.
  UniqueKeys& add(std::string scope, UniqueKey key);

  /// In the order of the scopes.
  [[nodiscard]] const std::vector<Scoped>& all() const noexcept { return keys_; }

  /// The key in that scope, or nullptr.
  [[nodiscard]] const UniqueKey* find(std::string_view scope) const noexcept;

  friend bool operator==(const UniqueKeys& a, const UniqueKeys& b) noexcept { return a.keys_ == b.keys_; }

 private:
  std::vector<Scoped> keys_;
};

/// Thrown when a command is stored that would give an aggregate a key that another one has. Nothing is stored; the same
/// call fails again for as long as the other has it, so this is not retryable.
class AggregateKeyNotUnique : public Error {
 public:
  /// What is known of the key that was refused.
  struct Refusal {
    std::string aggregate_type;         ///< Of the aggregate that wants the key.
    AggregateId aggregate_id{};         ///< Its id.
    std::string scope;
    std::string key;                    ///< As JSON.
    std::optional<AggregateId> holder;  ///< The aggregate that has it.
  };

  explicit AggregateKeyNotUnique(Refusal refusal);

  [[nodiscard]] const Refusal& refusal() const noexcept { return refusal_; }

 private:
  Refusal refusal_;
};

}  // namespace seriatim
