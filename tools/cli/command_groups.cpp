#include "command_groups.hpp"

#include <charconv>

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

CLI::App* maintenance_group(CLI::App& app) {
  const auto found = app.get_subcommands([](const CLI::App* group) { return group->get_name() == "maintenance"; });
  if (!found.empty()) return found.front();
  return add_group(app, "maintenance", "Look after what is stored");
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

}  // namespace seriatim::cli
