#include "seriatim/messages.hpp"

#include <algorithm>
#include <array>

namespace seriatim {
namespace {

/// Sorted by code.
constexpr std::array<Messages::Text, 38> english{{
    {"accepted", "must be accepted"},
    {"blank", "is required"},
    {"confirmation", "does not match {attribute}"},
    {"contains_nul", "contains the character U+0000, which cannot be stored"},
    {"does_not_fit", "does not fit"},
    {"empty", "must not be empty"},
    {"equal_to", "must be equal to {count}"},
    {"even", "must be even"},
    {"exclusion", "is reserved"},
    {"greater_than", "must be greater than {count}"},
    {"greater_than_or_equal_to", "must be greater than or equal to {count}"},
    {"inclusion", "is not included in the list"},
    {"invalid", "has not the right form"},
    {"less_than", "must be less than {count}"},
    {"less_than_or_equal_to", "must be less than or equal to {count}"},
    {"not_a_boolean", "is not true or false"},
    {"not_a_date", "is not a date like 2026-11-21"},
    {"not_a_digest", "is not a bcrypt digest"},
    {"not_a_known_value", "is not one of the known values"},
    {"not_a_list", "is not a list"},
    {"not_a_number", "is not a number"},
    {"not_a_string", "is not a string"},
    {"not_a_timestamp", "is not a timestamp like 2026-11-21T10:00:00Z"},
    {"not_a_uuid", "is not a UUID"},
    {"not_an_integer", "is not an integer"},
    {"not_an_object", "is not an object"},
    {"not_utf8", "is not valid UTF-8"},
    {"odd", "must be odd"},
    {"other_than", "must be other than {count}"},
    {"out_of_range", "is out of range"},
    {"too_few", "has fewer than {count} elements"},
    {"too_large", "is longer than {count} bytes"},
    {"too_long", "is longer than {count} characters"},
    {"too_many", "has more than {count} elements"},
    {"too_short", "is shorter than {count} characters"},
    {"unknown_attribute", "is unknown"},
    {"wrong_length", "must have {count} characters"},
    {"wrong_size", "must have {count} elements"},
}};
static_assert(std::is_sorted(english.begin(), english.end()));

std::string_view english_text(std::string_view code) {
  const auto found = std::lower_bound(english.begin(), english.end(), code,
                                      [](const Messages::Text& text, std::string_view wanted) { return text.first < wanted; });
  return found != english.end() && found->first == code ? found->second : std::string_view{};
}

/// Puts the parameters where the text names them; a name without a parameter stays as it is.
std::string filled_in(std::string_view text, const std::map<std::string, std::string>& parameters) {
  std::string out;
  while (!text.empty()) {
    const std::size_t open = std::min(text.find('{'), text.size());
    const std::size_t close = text.find('}', open);
    out += text.substr(0, open);
    text.remove_prefix(open);
    if (close == std::string_view::npos) return out += text;
    const auto found = parameters.find(std::string{text.substr(1, close - open - 1)});
    out += found == parameters.end() ? text.substr(0, close - open + 1) : std::string_view{found->second};
    text.remove_prefix(close - open + 1);
  }
  return out;
}

}  // namespace

Messages& Messages::add(std::string_view locale, std::initializer_list<Text> texts) {
  auto& catalogue = locales_[std::string{locale}];
  for (const auto& [code, text] : texts) catalogue.insert_or_assign(std::string{code}, std::string{text});
  return *this;
}

std::string Messages::text(std::string_view locale, const AttributeError& error) const {
  for (const std::string_view candidate : {locale, locale.substr(0, locale.find_first_of("-_")), std::string_view{"en"}}) {
    const auto catalogue = locales_.find(candidate);
    if (catalogue == locales_.end()) continue;
    const auto found = catalogue->second.find(error.code);
    if (found != catalogue->second.end()) return filled_in(found->second, error.parameters);
  }
  return error.message;
}

AttributeErrors Messages::translated(const AttributeErrors& errors, std::string_view locale) const {
  AttributeErrors result = errors;
  for (auto& [path, list] : result) {
    for (AttributeError& error : list) error.message = text(locale, error);
  }
  return result;
}

std::vector<std::string_view> Messages::codes() {
  std::vector<std::string_view> codes;
  for (const Text& text : english) codes.push_back(text.first);
  return codes;
}

AttributeError attribute_error(std::string_view code, std::map<std::string, std::string> parameters) {
  std::string message = filled_in(english_text(code), parameters);
  return {std::string{code}, std::move(message), std::move(parameters)};
}

}  // namespace seriatim
