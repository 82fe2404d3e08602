#pragma once
// Where the program gets its settings from: the command line, then the environment, then the configuration file.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace seriatim::cli {

/// The options that every command takes, as given on the command line.
struct GlobalOptions {
  std::string config;
  std::string database;
  std::vector<std::string> plugins;
  bool json = false;
  bool quiet = false;
  bool verbose = false;
};

struct Settings {
  std::string database;         ///< Empty: the private local PostgreSQL.
  std::string database_source;  ///< Who said so, for people.
  std::vector<std::filesystem::path> plugins;
  std::string store_schema;    ///< Empty: the framework's default.
  std::string secret_cost;     ///< Empty: the framework's default.
  std::string secret_cost_source;
  std::filesystem::path file;  ///< The configuration file that was read; empty when there was none.
};

/// The keys that a configuration file may have: "database, plugins, ...".
[[nodiscard]] std::string configuration_keys();

/// The first of the three places that says something about a setting decides about it. Error(configuration) when the
/// file is missing, malformed or has a key that means nothing.
[[nodiscard]] Settings read_settings(const GlobalOptions& given);

}  // namespace seriatim::cli
