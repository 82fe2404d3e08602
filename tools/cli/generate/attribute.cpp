#include "generate/attribute.hpp"

#include <algorithm>
#include <array>

#include "generate/names.hpp"
#include "output.hpp"
#include "seriatim/errors.hpp"
#include "seriatim/message.hpp"

namespace seriatim::cli::generate {
namespace {

/// BOOST_DESCRIBE_STRUCT takes about fifty members.
constexpr std::size_t most_attributes = 40;

struct Kind {
  std::string_view name;
  std::string_view type;
  std::string_view initial;
  std::string_view sample;
  bool moves;
  bool presence;
  std::string_view missing;
};

constexpr std::array kinds{
    Kind{"string", "std::string", "", "\"something\"", true, true, "blank"},
    Kind{"integer", "std::int64_t", " = 0", "7", false, false, ""},
    Kind{"int", "std::int32_t", " = 0", "7", false, false, ""},
    Kind{"double", "double", " = 0", "1.5", false, false, ""},
    Kind{"decimal", "seriatim::Decimal", "", "\"12.50\"_decimal", false, false, ""},
    Kind{"bool", "bool", " = false", "true", false, false, ""},
    Kind{"date", "seriatim::Date", "{}", "seriatim::parse_date(\"2026-02-03\").value()", false, false, "not_a_date"},
    Kind{"timestamp", "seriatim::Timestamp", "{}", "seriatim::parse_timestamp(\"2026-02-03T10:15:00Z\").value()", false, false, ""},
    Kind{"uuid", "seriatim::Uuid", "{}", "seriatim::testing::Ids::numbered(7)", false, true, "blank"}};

bool take_suffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

const Kind& kind_of(std::string_view type, std::string_view given) {
  const auto found = std::find_if(kinds.begin(), kinds.end(), [&](const Kind& kind) { return kind.name == type; });
  if (found != kinds.end()) return *found;
  throw_error<ErrorCode::usage>("attribute \"" + one_line(given) + "\" has no type that is known here: the types are " +
                                attribute_types() + ", each also with ? (optional) or [] (a list) behind it");
}

Attribute wrapped(const Kind& kind, std::string_view wrapper) {
  const std::string type = std::string{wrapper} + "<" + std::string{kind.type} + ">";
  return {"", type, "", type + "{" + std::string{kind.sample} + "}", true, false};
}

}  // namespace

Attribute parse_attribute(std::string_view given) {
  const std::size_t colon = given.find(':');
  if (colon == std::string_view::npos) {
    throw_error<ErrorCode::usage>("attribute \"" + one_line(given) + "\" has no type: write name:type, as in amount:decimal");
  }
  const std::string_view name = given.substr(0, colon);
  std::string_view type = given.substr(colon + 1);
  require_attribute_name(name);
  const bool optional = take_suffix(type, "?");
  const bool list = !optional && take_suffix(type, "[]");
  const Kind& kind = kind_of(type, given);
  Attribute attribute{"",         std::string{kind.type}, std::string{kind.initial}, std::string{kind.sample},
                      kind.moves, kind.presence,          std::string{kind.missing}};
  if (optional) attribute = wrapped(kind, "std::optional");
  if (list) attribute = wrapped(kind, "std::vector");
  attribute.name = name;
  return attribute;
}

std::vector<Attribute> parse_attributes(const std::vector<std::string>& given) {
  std::vector<Attribute> attributes;
  for (const std::string& each : given) {
    Attribute attribute = parse_attribute(each);
    const auto same_name = [&](const Attribute& other) { return other.name == attribute.name; };
    if (std::any_of(attributes.begin(), attributes.end(), same_name)) {
      throw_error<ErrorCode::usage>("attribute \"" + attribute.name + "\" is given twice: give it once");
    }
    attributes.push_back(std::move(attribute));
  }
  if (attributes.size() > most_attributes) {
    throw_error<ErrorCode::usage>(std::to_string(attributes.size()) + " attributes are too many for one struct: " +
                                  std::to_string(most_attributes) + " at most; group them into described structs");
  }
  return attributes;
}

void require_own_names(const std::vector<Attribute>& attributes) {
  const auto inherited = attributes::type_of<Command>.members;
  for (const Attribute& attribute : attributes) {
    const bool hides = std::any_of(inherited.begin(), inherited.end(),
                                   [&](const attributes::Member& member) { return member.name == attribute.name; });
    if (!hides && attribute.name != "type") continue;
    throw_error<ErrorCode::usage>("attribute \"" + attribute.name +
                                  "\" would hide what every command has under that name: choose another one");
  }
}

std::string sample_of(std::string_view cpp_type) {
  for (const Kind& kind : kinds) {
    if (kind.type == cpp_type) return std::string{kind.sample};
    for (const std::string_view wrapper : {"std::optional", "std::vector"}) {
      Attribute attribute = wrapped(kind, wrapper);
      if (attribute.type == cpp_type) return attribute.sample;
    }
  }
  return "{}";
}

std::string attribute_types() {
  std::string types;
  for (const Kind& kind : kinds) types += (types.empty() ? "" : ", ") + std::string{kind.name};
  return types;
}

}  // namespace seriatim::cli::generate
