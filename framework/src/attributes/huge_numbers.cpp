#include "attributes/huge_numbers.hpp"

#include <cstring>

namespace seriatim::attributes {
namespace {

constexpr std::size_t digits_that_fit = 300;          // A double has up to 309 before its point.
constexpr std::size_t exponent_digits_that_fit = 2;  // Those of 1e99.

const char* end_of_digits(const char* at) { return at + std::strspn(at, "0123456789"); }

char* end_of_string(char* at) {
  for (++at; *at != '\0' && *at != '"'; ++at) {
    if (*at == '\\' && at[1] != '\0') ++at;
  }
  return *at == '"' ? at + 1 : at;
}

struct Number {
  const char* end;
  bool huge;
};

/// The number that starts at `at`, as far as it is one.
Number number_at(const char* at) {
  const char* first = *at == '-' ? at + 1 : at;
  const char* end = *first == '0' ? first + 1 : end_of_digits(first);
  bool huge = static_cast<std::size_t>(end - first) > digits_that_fit;
  if (end == first) return {end, false};
  if (*end == '.' && end_of_digits(end + 1) != end + 1) end = end_of_digits(end + 1);
  if (*end == 'e' || *end == 'E') {
    const char* exponent = end[1] == '+' || end[1] == '-' ? end + 2 : end + 1;
    const char* last = end_of_digits(exponent);
    if (last == exponent) return {end, huge};
    huge = huge || static_cast<std::size_t>(last - exponent) > exponent_digits_that_fit;
    end = last;
  }
  return {end, huge};
}

}  // namespace

std::vector<HugeNumber> take_huge_numbers(char* json) {
  std::vector<HugeNumber> taken;
  std::size_t ordinal = 0;
  for (char* at = json; *at != '\0';) {
    if (*at == '"') {
      at = end_of_string(at);
    } else if (*at == '-' || (*at >= '0' && *at <= '9')) {
      const Number number = number_at(at);
      const auto size = static_cast<std::size_t>(number.end - at);
      if (number.huge) {
        taken.push_back({ordinal, std::string{at, size}});
        std::memset(at, ' ', size);
        *at = '0';
      }
      ++ordinal;
      at += size == 0 ? 1 : size;
    } else {
      ++at;
    }
  }
  return taken;
}

}  // namespace seriatim::attributes
