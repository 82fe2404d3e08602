#pragma once
// Random values of any described type, awkward ones included, made from its description alone.

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdlib>
#include <random>

#include "seriatim/attributes.hpp"

namespace seriatim::testing {

/// SERIATIM_TEST_SEED, or another one each time; printed, so that a failure can be repeated.
inline std::uint64_t test_seed() {
  const char* given = std::getenv("SERIATIM_TEST_SEED");
  const std::uint64_t value = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  BOOST_TEST_MESSAGE("SERIATIM_TEST_SEED=" << value);
  return value;
}

/// Fills values with what JSON with milliseconds can hold. Secrets are digests.
class RandomValues {
 public:
  explicit RandomValues(std::uint64_t seed) : random_{seed} {}

  template <class T>
  T make() {
    T value{};
    fill(attributes::type_of<T>, &value);
    return value;
  }

  void fill(const attributes::Type& type, void* target) {
    using attributes::Kind;
    switch (type.kind) {
      case Kind::string: return set<std::string>(target, text());
      case Kind::int32: return set<std::int32_t>(target, static_cast<std::int32_t>(integer()));
      case Kind::int64: return set<std::int64_t>(target, integer());
      case Kind::floating: return set<double>(target, real());
      case Kind::decimal: return set<Decimal>(target, decimal());
      case Kind::boolean: return set<bool>(target, coin());
      case Kind::date: return set<Date>(target, std::chrono::sys_days{std::chrono::days{between(-719162, 2932896)}});
      case Kind::timestamp:
        return set<Timestamp>(target, Timestamp{std::chrono::milliseconds{between(-62135596800000, 253402300799999)}});
      case Kind::uuid: return set<Uuid>(target, new_uuid());
      case Kind::enumeration:
        return type.enum_set(target, type.values[static_cast<std::size_t>(below(type.values.size()))].value);
      case Kind::secret: return set<Secret>(target, secret());
      case Kind::optional:
        if (coin()) {
          fill(*type.element, type.optional_emplace(target));
        } else {
          type.optional_reset(target);
        }
        return;
      case Kind::list: return fill_list(type, target);
      case Kind::object:
        for (const attributes::Member& member : type.members) {
          // The table offers the reading view of a member; the object is ours.
          fill(*member.type, const_cast<void*>(member.address(target)));
        }
        return;
    }
  }

 private:
  template <class T>
  static void set(void* target, const T& value) {
    *static_cast<T*>(target) = value;
  }

  std::uint64_t below(std::uint64_t n) { return random_() % n; }
  bool coin() { return below(2) == 0; }
  std::int64_t between(std::int64_t first, std::int64_t last) {
    return std::uniform_int_distribution<std::int64_t>{first, last}(random_);
  }

  /// As often small as large, and now and then the limits.
  std::int64_t integer() {
    switch (below(4)) {
      case 0: return between(-3, 3);
      case 1: return coin() ? INT64_MIN : INT64_MAX;
      default: return static_cast<std::int64_t>(random_());
    }
  }

  double real() {
    const auto mantissa = static_cast<double>(static_cast<std::int64_t>(random_()));
    return below(8) == 0 ? 0.0 : std::ldexp(mantissa, static_cast<int>(between(-900, 900)));
  }

  Decimal decimal() {
    std::string digits = coin() ? "-" : "";
    const auto whole = between(1, 37);
    for (std::int64_t i = 0; i < whole; ++i) digits += static_cast<char>('0' + below(10));
    const auto places = between(0, 38 - whole);
    if (places != 0) digits += '.';
    for (std::int64_t i = 0; i < places; ++i) digits += static_cast<char>('0' + below(10));
    return Decimal::parse(digits).value();
  }

  std::string text() {
    static const char* const pieces[] = {"a",    "\"", "\\", "\n", "\t", "\x01", "\x7f", "é",
                                         "漢", "😀", "/",  "'",  " ",  "\xE2\x80\xA8", "null", "\\u0000"};
    std::string out;
    for (auto n = below(12); n > 0; --n) out += pieces[below(std::size(pieces))];
    return out;
  }

  Secret secret() {
    static constexpr std::string_view alphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    std::string digest = "$2b$12$";
    while (digest.size() < 60) digest += alphabet[below(alphabet.size())];
    return Secret::from_digest(digest).value();
  }

  void fill_list(const attributes::Type& type, void* list) {
    type.list_clear(list);
    // Few, so that lists of their own type come to an end; and none so deep that JSON could not be read back.
    if (depth_ == deepest) return;
    ++depth_;
    for (auto n = below(8) < 4 ? 0 : below(4); n > 0; --n) {
      if (type.element->kind == attributes::Kind::boolean) {
        type.list_append_bool(list, coin());
      } else {
        fill(*type.element, type.list_append(list));
      }
    }
    --depth_;
  }

  static constexpr int deepest = 16;

  std::mt19937_64 random_;
  int depth_ = 0;  ///< Of the list that is being filled.
};

}  // namespace seriatim::testing
