#include "command_groups.hpp"

#include <charconv>
#include <limits>
#include <string_view>

#include "seriatim/time.hpp"
#include "seriatim/uuid.hpp"

namespace seriatim::cli {
namespace {

constexpr const char* empty_value = "the value is empty: give one, or leave it out";

/// Writes the number anew, without leading zeros: the parser, which converts it afterwards, would take those for octal.
CLI::Validator whole_number(std::int64_t minimum, std::int64_t maximum, const std::string& range) {
  const auto check = [minimum, maximum, range](std::string& text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || number < minimum || number > maximum) {
      return "\"" + text + "\" is not a whole number " + range;
    }
    text = std::to_string(number);
    return std::string{};
  };
  return CLI::Validator{check, ""};
}

}  // namespace

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

void refuse_empty_values(CLI::App& app) {
  const auto check = [](const std::string& text) { return std::string{text.empty() ? empty_value : ""}; };
  for (CLI::Option* option : app.get_options()) option->check(CLI::Validator{check, ""});
  for (CLI::App* command : app.get_subcommands([](CLI::App*) { return true; })) refuse_empty_values(*command);
}

void refuse_empty_assignments(std::span<char*> arguments) {
  for (const std::string_view argument : arguments) {
    if (argument == "--") return;
    if (argument.starts_with("--") && argument.find('=') == argument.size() - 1) {
      throw CLI::ValidationError{std::string{argument.substr(0, argument.size() - 1)}, empty_value};
    }
  }
}

CLI::Validator at_least(std::int64_t minimum) {
  return whole_number(minimum, std::numeric_limits<std::int64_t>::max(), "of at least " + std::to_string(minimum));
}

CLI::Validator between(std::int64_t minimum, std::int64_t maximum) {
  return whole_number(minimum, maximum, "from " + std::to_string(minimum) + " to " + std::to_string(maximum));
}

CLI::Validator is_size() {
  const CLI::Validator with_unit = CLI::AsSizeValue(false);
  const auto check = [with_unit](std::string& text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const std::string unit = text.substr(static_cast<std::size_t>(end - text.data()));
    if (error != std::errc{} || unit.find_first_of("0123456789") != std::string::npos) {
      return "\"" + text + "\" is not a number of bytes like 1048576 or 1MiB";
    }
    text = std::to_string(number) + unit;
    return with_unit(text);
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
