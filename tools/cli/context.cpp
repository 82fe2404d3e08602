#include "context.hpp"

#include <algorithm>

#include "output.hpp"
#include "seriatim/plugin_loader.hpp"

namespace seriatim::cli {
namespace {

/// The library would refuse it as well, but not as a fault of a plugin.
void require_new(const std::vector<Domain>& loaded, const LoadedPlugin& plugin, const std::filesystem::path& file) {
  const auto same_name = [&](const Domain& other) { return other.name() == plugin.info.name; };
  if (std::none_of(loaded.begin(), loaded.end(), same_name)) return;
  throw PluginError{PluginRefusal::registration, "plugin " + file.string() + " brings domain \"" + plugin.info.name +
                                                     "\", which another plugin brought already: name only one of them"};
}

}  // namespace

LocalPostgres local_postgres() {
  return LocalPostgres{{.directory = local_directory}};
}

void Context::write_note(const std::string& text) {
  say(fmt::format("seriatim: {}\n", text));
}

const Settings& Context::settings() {
  if (!settings_) {
    settings_ = read_settings(given);
    if (!settings_->file.empty()) detail("settings from {}", settings_->file.string());
  }
  return *settings_;
}

std::string Context::database_url() {
  if (!settings().database.empty()) {
    // Not the address itself: it may hold a password.
    detail("database from {}", settings().database_source);
    return settings().database;
  }
  if (local_url_.empty()) {
    note("using the local database in .seriatim/postgres");
    local_url_ = local_postgres().start();
  }
  return local_url_;
}

Options Context::options() {
  Options options;
  if (!settings().store_schema.empty()) options.store_schema = settings().store_schema;
  if (!settings().secret_cost.empty()) {
    options.secret_cost = parse_secret_cost(settings().secret_cost, settings().secret_cost_source);
  }
  options.unknown_commands = UnknownCommands::refuse;
  options.database_url = database_url();
  options.on_warning = [](const std::string& warning) { say(fmt::format("seriatim: warning: {}\n", warning)); };
  return options;
}

std::vector<Domain> Context::domains() {
  std::vector<Domain> domains;
  for (const std::filesystem::path& file : settings().plugins) {
    LoadedPlugin plugin = load_plugin(file);
    require_new(domains, plugin, file);
    detail("plugin {} {} from {}", plugin.info.name, plugin.info.version, file.string());
    domains.push_back(std::move(plugin.domain));
  }
  return domains;
}

std::unique_ptr<Application> Context::application(Execution execution) {
  // The plugins first: that one is refused can be said without a database.
  std::vector<Domain> loaded = domains();
  return std::make_unique<Application>(options(), std::move(loaded), std::move(execution));
}

}  // namespace seriatim::cli
