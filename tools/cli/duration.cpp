#include "duration.hpp"

#include <charconv>
#include <cstdint>

namespace seriatim::cli {

std::optional<std::chrono::seconds> parse_duration(const std::string& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || number < 0 || end + 1 != text.data() + text.size()) return std::nullopt;
  if (number > std::int64_t{1000} * 366 * 24 * 3600) return std::nullopt;
  switch (*end) {
    case 'd':
      return number <= 366'000 ? std::optional{std::chrono::seconds{number * 24 * 3600}} : std::nullopt;
    case 'h':
      return number <= 366'000 * 24 ? std::optional{std::chrono::seconds{number * 3600}} : std::nullopt;
    case 'm':
      return number <= 366'000 * 24 * 60 ? std::optional{std::chrono::seconds{number * 60}} : std::nullopt;
    case 's':
      return std::chrono::seconds{number};
    default:
      return std::nullopt;
  }
}

CLI::Validator is_duration(const std::string& what, bool none) {
  return CLI::Validator{[what, none](const std::string& text) {
                          if (parse_duration(text) || (none && text == "none")) return std::string{};
                          return "\"" + text + "\" is not " + what + " like 30d, 12h, 90m or 45s" + (none ? ", nor none" : "");
                        },
                        ""};
}

}  // namespace seriatim::cli
