#pragma once
// Durations as people write them.

#include <CLI/CLI.hpp>
#include <chrono>
#include <optional>
#include <string>

namespace seriatim::cli {

/// "30d", "12h", "90m", "45s". Nothing for anything else, and for more than a thousand years.
[[nodiscard]] std::optional<std::chrono::seconds> parse_duration(const std::string& text);

/// Refuses anything else while the command line is parsed; `what` begins like "an age". With `none`, that word is fine, too.
[[nodiscard]] CLI::Validator is_duration(const std::string& what, bool none = false);

}  // namespace seriatim::cli
