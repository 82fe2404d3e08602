// The program seriatim: the command line, put together from its groups.

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <span>
#include <sstream>
#include <string_view>

#include "command_groups.hpp"
#include "output.hpp"
#include "seriatim/plugin_loader.hpp"
#include "standard_streams.hpp"

namespace seriatim::cli {
namespace {

void add_global_options(CLI::App& app, GlobalOptions& given) {
  app.add_option("--config", given.config,
                 "Configuration file with the keys " + configuration_keys() +
                     "\n[default: seriatim.toml, where there is one]\nexample: --config production.toml")
      ->type_name("F");
  app.add_option("--database", given.database,
                 "Address of the database [default: SERIATIM_DATABASE_URL, then the\n"
                 "configuration file, then a private local PostgreSQL]\n"
                 "example: --database postgresql://me@db.example.org/shop")
      ->type_name("URL");
  app.add_option("--plugin", given.plugins,
                 "A domain to load; may be given several times [default:\n"
                 "SERIATIM_PLUGINS, colon separated, then the configuration file]\n"
                 "example: --plugin plugins/libwallet.so")
      ->allow_extra_args(false)
      ->type_name("F");
  app.add_flag("--json", given.json, "Results as JSON, one object a line [default: text for people]");
  CLI::Option* quiet =
      app.add_flag("--quiet", given.quiet, "Only results and errors [default: also notes and progress]");
  app.add_flag("--verbose", given.verbose, "Also say where settings and plugins come from [default: off]")
      ->excludes(quiet);
  app.set_version_flag("--version", "seriatim " SERIATIM_VERSION, "Print the version");
}

void compose(CLI::App& app, GlobalOptions& given, Action& action) {
  app.name("seriatim");
  app.set_help_flag("--help,-h", "Print this help");
  app.fallthrough();  // Global options may also stand behind the command.
  app.get_formatter()->column_width(34);
  app.footer(exit_code_help());
  add_global_options(app, given);
  add_local_command(app, action);
  add_db_command(app, action);
  add_execute_command(app, action);
  add_dry_run_command(app, action);
  add_events_command(app, action);
  add_aggregate_command(app, action);
  add_audit_command(app, action);
  add_migrate_command(app, action);
  add_replay_command(app, action);
  add_maintenance_command(app, action);
  add_snapshots_command(app, action);
  add_projectors_command(app, action);
  add_plugin_command(app, action);
  add_new_command(app, action);
  add_generate_command(app, action);
  refuse_empty_values(app);
}

/// Says what went wrong; whatever happens here must not hide it.
ExitCode report(ExitCode code, bool json, const char* error_code, const char* refusal, const std::string& message) {
  say(fmt::format("seriatim: {}\n", one_line(message)));
  if (json) {
    const std::string object = json_object([&](JsonWriter& writer) {
      writer.Key("error");
      writer.StartObject();
      put(writer, "code", error_code);
      if (refusal != nullptr) put(writer, "refusal", refusal);
      put(writer, "message", message);
      writer.EndObject();
    });
    std::puts(object.c_str());
  }
  return code;
}

ExitCode run(Context& context, const Action& action) {
  try {
    const ExitCode code = action(context);
    flush_output();
    return code;
  } catch (const PluginError& error) {
    return report(exit_code(error), context.json(), to_string(error.code()), to_string(error.refusal()), error.what());
  } catch (const Error& error) {
    return report(exit_code(error), context.json(), to_string(error.code()), nullptr, error.what());
  } catch (const std::exception& error) {
    return report(ExitCode::failed, context.json(), "unexpected", nullptr, error.what());
  }
}

/// What the parser would print by itself, without looking whether that works: the help or the version.
ExitCode print_help(const CLI::App& app, const CLI::ParseError& asked) {
  std::ostringstream text;
  app.exit(asked, text, text);
  std::string printed = text.str();
  if (printed.ends_with('\n')) printed.pop_back();
  print_line(printed);
  return ExitCode::done;
}

/// Nothing was chosen, or only a group: "a command is missing behind `seriatim migrate`".
std::string missing_command(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  const std::string where = chosen.empty() ? "seriatim" : "seriatim " + chosen.front()->get_name();
  return "a command is missing behind `" + where + "`: see `" + where + " --help`";
}

ExitCode main(std::span<char*> arguments) {
  CLI::App app{"Commands, events and views on PostgreSQL, one after another, in order."};
  Context context;
  Action action;
  compose(app, context.given, action);
  try {
    refuse_empty_assignments(arguments);
    app.parse(static_cast<int>(arguments.size()), arguments.data());
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) {
      return run(context, [&](Context&) { return print_help(app, error); });
    }
    // The parser may have given up before it came to --json.
    const bool json = std::ranges::any_of(arguments, [](std::string_view given) { return given == "--json"; });
    return report(ExitCode::usage, json, "usage", nullptr, std::string{error.what()} + ": see --help");
  }
  if (!action) return report(ExitCode::usage, context.json(), "usage", nullptr, missing_command(app));
  return run(context, action);
}

}  // namespace
}  // namespace seriatim::cli

int main(int argc, char** argv) {
  seriatim::cli::reserve_standard_streams();
  return static_cast<int>(seriatim::cli::main({argv, static_cast<std::size_t>(argc)}));
}
