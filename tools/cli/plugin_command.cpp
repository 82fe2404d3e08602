// seriatim plugin: what a plugin is, and whether this program takes it.

#include <fmt/format.h>

#include <memory>

#include "command_groups.hpp"
#include "output.hpp"
#include "seriatim/plugin_loader.hpp"

namespace seriatim::cli {
namespace {

struct Contents {
  std::vector<std::string> aggregates;
  std::vector<std::string> commands;
  std::vector<std::string> projectors;
  std::vector<std::string> workflows;
};

Contents contents_of(const Domain& domain) {
  Contents contents;
  for (const AggregateType* aggregate : domain.aggregates()) contents.aggregates.emplace_back(aggregate->name);
  for (const CommandBinding& binding : domain.commands()) contents.commands.emplace_back(binding.command.name);
  for (const ProjectorType& projector : domain.projectors()) contents.projectors.emplace_back(projector.name);
  for (const WorkflowType& workflow : domain.workflows()) contents.workflows.emplace_back(workflow.name);
  return contents;
}

void print_json(const LoadedPlugin& plugin, const Contents& contents) {
  print_line(json_object([&](JsonWriter& json) {
    put(json, "name", plugin.info.name);
    put(json, "version", plugin.info.version);
    put(json, "abi", static_cast<std::int64_t>(plugin.info.abi));
    put(json, "compiler", plugin.info.compiler);
    put(json, "aggregates", contents.aggregates);
    put(json, "commands", contents.commands);
    put(json, "projectors", contents.projectors);
    put(json, "workflows", contents.workflows);
    put(json, "view_version", plugin.domain.versions().latest());
  }));
}

void print_text(const LoadedPlugin& plugin, const Contents& contents) {
  print_line(fmt::format("plugin {} is accepted: built against seriatim {} (ABI {}) with {}", plugin.info.name,
                         plugin.info.version, plugin.info.abi, plugin.info.compiler));
  print_fields({{"aggregates", fmt::format("{}", fmt::join(contents.aggregates, ", "))},
                {"commands", fmt::format("{}", fmt::join(contents.commands, ", "))},
                {"projectors", fmt::format("{}", fmt::join(contents.projectors, ", "))},
                {"workflows", fmt::format("{}", fmt::join(contents.workflows, ", "))},
                {"views", fmt::format("version {}", plugin.domain.versions().latest())}});
}

/// Reads all events, which the check at the start of every program does not.
void check_store(Context& context, const LoadedPlugin& plugin) {
  std::vector<Domain> domains;
  domains.push_back(plugin.domain);
  Application application{context.options(), std::move(domains)};
  const std::int64_t found = application.record_stored_types();
  context.note("the plugin fits what is stored; {} event types were found that no program had declared", found);
}

ExitCode check(Context& context, const std::string& file, bool store) {
  const LoadedPlugin plugin = load_plugin(file);
  if (store) check_store(context, plugin);
  const Contents contents = contents_of(plugin.domain);
  if (context.json()) {
    print_json(plugin, contents);
  } else {
    print_text(plugin, contents);
  }
  return ExitCode::done;
}

}  // namespace

void add_plugin_command(CLI::App& app, Action& action) {
  CLI::App* group = add_group(app, "plugin", "Look at plugins");
  CLI::App* command = add_command(*group, "check", "Load a plugin and say what it brings, or why it is rejected");
  const auto file = std::make_shared<std::string>();
  command->add_option("FILE", *file, "The shared library\nexample: build/dev/plugins/libwallet.so")
      ->required()
      ->type_name("");
  const auto store = std::make_shared<bool>(false);
  command->add_flag("--store", *store,
                    "Also check it against all stored events and the tables of its views [default: needs no database]");
  command->callback([&action, file, store] {
    action = [file, store](Context& context) { return check(context, *file, *store); };
  });
}

}  // namespace seriatim::cli
