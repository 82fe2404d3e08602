#pragma once
// The templates of generated files: what stands in tools/cli/templates, embedded when the program is built. `@name@` stands
// for a value, in a text as in a file's name. A line that is nothing but one placeholder takes as many lines as the value
// has, each with the indentation of the placeholder, and is left out when the value is empty.

#include <map>
#include <span>
#include <string>
#include <string_view>

namespace seriatim::cli::generate {

/// One embedded file: its path below tools/cli/templates, and its text.
struct Template {
  std::string_view path;
  std::string_view text;
};

/// All of them, in the order of their paths. Written by the build.
[[nodiscard]] std::span<const Template> templates();

using Values = std::map<std::string, std::string, std::less<>>;

/// The template with that path. Error(usage) when there is none.
[[nodiscard]] std::string_view template_text(std::string_view path);

/// The text with lines beyond 120 columns broken behind commas.
[[nodiscard]] std::string with_broken_lines(std::string_view text);

/// The text with its values put in and long lines broken. Error(usage) when a placeholder has no
/// value.
[[nodiscard]] std::string rendered(std::string_view text, const Values& values);

}  // namespace seriatim::cli::generate
