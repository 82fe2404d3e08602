#pragma once
// Attributes as the command line names them: `recipient:string`, `due_on:date?`, `lines:string[]`.

#include <string>
#include <string_view>
#include <vector>

namespace seriatim::cli::generate {

/// One attribute of a message, and how generated code writes it.
struct Attribute {
  std::string name;
  std::string type;      ///< In C++: "std::optional<seriatim::Date>".
  std::string initial;   ///< What follows the name in its declaration: " = 0", "{}" or nothing.
  std::string sample;    ///< A value for tests, as an expression.
  bool moves = false;    ///< Worth a std::move.
  bool presence = false;  ///< A command that leaves it blank is not valid.
  std::string missing{};  ///< The code of the error that a command without it gets; empty when it may be left out.
};

/// Reads `name:type`, `name:type?` (optional) or `name:type[]` (a list). Error(usage) names what is wrong, and the types.
[[nodiscard]] Attribute parse_attribute(std::string_view given);

/// All of them. Error(usage) also for two of one name, or more than a struct can describe.
[[nodiscard]] std::vector<Attribute> parse_attributes(const std::vector<std::string>& given);

/// Error(usage) when an attribute would hide one that all commands have.
void require_own_names(const std::vector<Attribute>& attributes);

/// A value for tests of a type that an attribute can have, as an expression; "{}" for any other.
[[nodiscard]] std::string sample_of(std::string_view cpp_type);

/// The types, for help texts: "string, integer, ...".
[[nodiscard]] std::string attribute_types();

}  // namespace seriatim::cli::generate
