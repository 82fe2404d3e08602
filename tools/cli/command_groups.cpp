#include "command_groups.hpp"

#include <charconv>

#include "seriatim/time.hpp"
#include "seriatim/uuid.hpp"

namespace seriatim::cli {

CLI::App* add_command(CLI::App& app, const std::string& name, const std::string& description) {
  CLI::App* command = app.add_subcommand(name, description);
  command->footer(
      "--config, --database, --plugin, --json, --quiet and --verbose go with every command: see\n"
      "`seriatim --help`.");
  return command;
}

CLI::App* add_group(CLI::App& app, const std::string& name, const std::string& description) {
  return add_command(app, name, description);
}

CLI::Validator at_least(std::int64_t minimum) {
  const auto check = [minimum](const std::string& text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc{} && end == text.data() + text.size() && number >= minimum) return std::string{};
    return "\"" + text + "\" is not a whole number of at least " + std::to_string(minimum);
  };
  return CLI::Validator{check, ""};
}

CLI::Validator is_uuid() {
  return CLI::Validator{[](const std::string& text) {
                          if (parse_uuid(text)) return std::string{};
                          return "\"" + text + "\" is not a UUID like 16c83c6b-6dc5-4b3e-a4c4-0a1a4e4d8b6f";
                        },
                        ""};
}

CLI::Validator is_timestamp() {
  return CLI::Validator{[](const std::string& text) {
                          if (parse_timestamp(text)) return std::string{};
                          return "\"" + text + "\" is not a time like 2026-02-03T10:15:00Z";
                        },
                        ""};
}

}  // namespace seriatim::cli
