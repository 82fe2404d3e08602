#include "settings.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <sstream>

#include "seriatim/errors.hpp"

namespace seriatim::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* default_file = "seriatim.toml";

/// An empty variable counts as unset, as `SERIATIM_PLUGINS= seriatim ...` means it.
std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

std::vector<fs::path> colon_separated(const std::string& text) {
  std::vector<fs::path> parts;
  std::istringstream stream{text};
  for (std::string part; std::getline(stream, part, ':');) {
    if (!part.empty()) parts.emplace_back(part);
  }
  return parts;
}

[[noreturn]] void refuse(const fs::path& file, const std::string& why) {
  throw_error<ErrorCode::configuration>("configuration file " + file.string() + ": " + why);
}

toml::table parse(const fs::path& file) {
  std::error_code error;
  if (!fs::is_regular_file(file, error)) refuse(file, "there is no such file");
  try {
    return toml::parse_file(file.string());
  } catch (const toml::parse_error& failure) {
    refuse(file, "line " + std::to_string(failure.source().begin.line) + ": " + std::string{failure.description()});
  }
}

std::string text_of(const fs::path& file, const std::string& key, const toml::node& node) {
  const auto text = node.value_exact<std::string>();
  if (!text) refuse(file, "\"" + key + "\" is to be a text in quotation marks");
  return *text;
}

std::vector<fs::path> plugins_of(const fs::path& file, const toml::node& node) {
  const toml::array* list = node.as_array();
  if (list == nullptr) refuse(file, "\"plugins\" is to be a list of paths, as in plugins = [\"libwallet.so\"]");
  std::vector<fs::path> plugins;
  for (const toml::node& element : *list) {
    plugins.push_back(file.parent_path() / text_of(file, "plugins", element));
  }
  return plugins;
}

void read_database(Settings& settings, const std::string& key, const toml::node& node) {
  settings.database = text_of(settings.file, key, node);
  settings.database_source = settings.file.string();
}

void read_plugins(Settings& settings, const std::string& /*key*/, const toml::node& node) {
  settings.plugins = plugins_of(settings.file, node);
}

void read_secret_cost(Settings& settings, const std::string& key, const toml::node& node) {
  settings.secret_cost =
      node.is_integer() ? std::to_string(node.value_or(std::int64_t{0})) : text_of(settings.file, key, node);
  settings.secret_cost_source = "\"secret_cost\" in " + settings.file.string();
}

void read_store_schema(Settings& settings, const std::string& key, const toml::node& node) {
  settings.store_schema = text_of(settings.file, key, node);
}

/// What a configuration file may say.
struct Key {
  const char* name;
  void (*read)(Settings& settings, const std::string& key, const toml::node& node);
};

constexpr Key keys[] = {{"database", read_database},
                        {"plugins", read_plugins},
                        {"secret_cost", read_secret_cost},
                        {"store_schema", read_store_schema}};

Settings read_file(const fs::path& file) {
  Settings settings;
  settings.file = file;
  for (const auto& [name, node] : parse(file)) {
    const std::string text{name.str()};
    const auto* key = std::ranges::find(keys, text, &Key::name);
    if (key == std::end(keys)) refuse(file, "unknown key \"" + text + "\": the keys are " + configuration_keys());
    key->read(settings, text, node);
  }
  return settings;
}

Settings read_file_if_any(const std::string& given) {
  if (!given.empty()) return read_file(given);
  std::error_code error;
  return fs::exists(default_file, error) ? read_file(default_file) : Settings{};
}

}  // namespace

std::string configuration_keys() {
  std::string names;
  for (const Key& key : keys) names += (names.empty() ? "" : ", ") + std::string{key.name};
  return names;
}

Settings read_settings(const GlobalOptions& given) {
  Settings settings = read_file_if_any(given.config);
  const std::string variable = environment("SERIATIM_DATABASE_URL");
  if (!given.database.empty()) {
    settings.database = given.database;
    settings.database_source = "--database";
  } else if (!variable.empty()) {
    settings.database = variable;
    settings.database_source = "SERIATIM_DATABASE_URL";
  }
  if (!given.plugins.empty()) {
    settings.plugins.assign(given.plugins.begin(), given.plugins.end());
  } else if (auto listed = colon_separated(environment("SERIATIM_PLUGINS")); !listed.empty()) {
    settings.plugins = std::move(listed);
  }
  if (const std::string schema = environment("SERIATIM_STORE_SCHEMA"); !schema.empty()) settings.store_schema = schema;
  if (const std::string cost = environment("SERIATIM_SECRET_COST"); !cost.empty()) {
    settings.secret_cost = cost;
    settings.secret_cost_source = "SERIATIM_SECRET_COST";
  }
  return settings;
}

}  // namespace seriatim::cli
