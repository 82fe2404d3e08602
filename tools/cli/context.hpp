#pragma once
// What every command works with: the settings, and the application that they lead to.

#include <fmt/format.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "exit_codes.hpp"
#include "seriatim/application.hpp"
#include "seriatim/local_postgres.hpp"
#include "settings.hpp"

namespace seriatim::cli {

/// The private server of the current directory.
inline constexpr const char* local_directory = ".seriatim/postgres";
[[nodiscard]] LocalPostgres local_postgres();

/// One run of the program. Reads the settings, loads the plugins and starts the local server only when a command asks
/// for what needs them. Not thread-safe.
class Context {
 public:
  GlobalOptions given;

  [[nodiscard]] bool json() const noexcept { return given.json; }
  [[nodiscard]] bool quiet() const noexcept { return given.quiet; }

  [[nodiscard]] const Settings& settings();

  /// The address of the database. Starts the local server when no other database is given.
  [[nodiscard]] std::string database_url();

  [[nodiscard]] Options options();

  /// Loads the plugins, in the order given.
  [[nodiscard]] std::vector<Domain> domains();

  [[nodiscard]] std::unique_ptr<Application> application(Execution execution = {});

  /// For people, on standard error; silent with --quiet.
  template <class... Args>
  void note(fmt::format_string<Args...> format, Args&&... args) const {
    if (!given.quiet) write_note(fmt::format(format, std::forward<Args>(args)...));
  }

  /// Only with --verbose.
  template <class... Args>
  void detail(fmt::format_string<Args...> format, Args&&... args) const {
    if (given.verbose) write_note(fmt::format(format, std::forward<Args>(args)...));
  }

 private:
  static void write_note(const std::string& text);

  std::optional<Settings> settings_;
  std::string local_url_;
};

/// What the command line asks for.
using Action = std::function<ExitCode(Context&)>;

}  // namespace seriatim::cli
