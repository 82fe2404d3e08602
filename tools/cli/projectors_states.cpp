// seriatim projectors status, deactivate: which versions of projectors write the views.

#include <fmt/format.h>

#include <memory>

#include "output.hpp"
#include "projectors.hpp"

namespace seriatim::cli {
namespace {

struct StateOptions {
  std::string name;
  std::string domain;
};

std::string text_of(const std::optional<int>& version) { return version ? std::to_string(*version) : "-"; }

void put_version(JsonWriter& json, std::string_view key, const std::optional<int>& version) {
  if (version) {
    put(json, key, *version);
  } else {
    put_json(json, key, "null");
  }
}

void print_json(const ProjectorState& state) {
  print_line(json_object([&](JsonWriter& json) {
    put(json, "domain", state.domain);
    put(json, "view_schema", state.view_schema);
    put(json, "projector", state.name);
    put_version(json, "active", state.active);
    put_version(json, "activating", state.activating);
    put_version(json, "replaying", state.replaying);
    put_version(json, "plugin", state.here);
    put(json, "tables", state.tables);
  }));
}

ExitCode status(Context& context, const StateOptions& options) {
  const std::unique_ptr<Application> application = context.application();
  std::vector<ProjectorState> states = application->projectors()->states();
  if (!options.domain.empty()) std::erase_if(states, [&](const auto& state) { return state.domain != options.domain; });
  std::vector<std::vector<std::string>> rows{
      {"domain", "projector", "active", "activating", "replaying", "plugin", "tables"}};
  for (const ProjectorState& state : states) {
    if (context.json()) print_json(state);
    rows.push_back({state.domain, state.name, text_of(state.active), text_of(state.activating), text_of(state.replaying),
                    text_of(state.here), fmt::format("{}", fmt::join(state.tables, ", "))});
  }
  if (!context.json()) print_table(rows);
  return ExitCode::done;
}

ExitCode deactivate(Context& context, const StateOptions& options) {
  const std::unique_ptr<Application> application = context.application();
  const bool done = application->projectors()->deactivate(options.name, options.domain);
  if (context.json()) {
    print_line(json_object([&](JsonWriter& json) {
      put(json, "projector", options.name);
      put(json, "deactivated", done);
    }));
  } else {
    print_line(options.name + (done ? " is inactive: programs that have it are refused; its tables stay as they are"
                                    : " is inactive already"));
  }
  return ExitCode::done;
}

std::shared_ptr<StateOptions> with_domain(CLI::App& command) {
  const auto options = std::make_shared<StateOptions>();
  command
      .add_option("--domain", options->domain,
                  "The domain whose projectors are meant [default: all]\nexample: --domain wallet")
      ->type_name("NAME");
  return options;
}

}  // namespace

void add_projectors_status(CLI::App& group, Action& action) {
  CLI::App* command = add_command(group, "status", "Tell which version of each projector writes, and which this plugin has");
  const auto options = with_domain(*command);
  command->callback([&action, options] { action = [options](Context& context) { return status(context, *options); }; });
}

void add_projectors_deactivate(CLI::App& group, Action& action) {
  CLI::App* command =
      add_command(group, "deactivate", "Take a projector out of use that the plugin has no longer; keeps its tables");
  const auto options = with_domain(*command);
  command->add_option("NAME", options->name, "The projector\nexample: WalletProjector")->required()->type_name("");
  command->callback(
      [&action, options] { action = [options](Context& context) { return deactivate(context, *options); }; });
}

}  // namespace seriatim::cli
