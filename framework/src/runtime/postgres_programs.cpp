#include "runtime/postgres_programs.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <sstream>
#include <string_view>

#include "seriatim/errors.hpp"

namespace seriatim::runtime {
namespace {

namespace fs = std::filesystem;

constexpr int oldest_major = 14;

[[noreturn]] void refuse(const std::string& message) {
  throw Error{ErrorCode::configuration, message};
}

std::vector<std::string> environment(const fs::path& data) {
  std::vector<std::string> result{"LC_ALL=C", "PGDATA=" + data.string()};
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text{*entry};
    if (text.substr(0, 2) != "PG" && text.substr(0, 7) != "LC_ALL=") result.emplace_back(text);
  }
  return result;
}

std::vector<fs::path> search_path() {
  const char* value = std::getenv("PATH");
  std::istringstream stream{value == nullptr ? "" : value};
  std::vector<fs::path> result;
  for (std::string entry; std::getline(stream, entry, ':');) result.emplace_back(entry);
  return result;
}

/// Debian's directories, the newest first.
std::vector<fs::path> packaged_directories() {
  std::vector<std::pair<int, fs::path>> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator{"/usr/lib/postgresql", error}) {
    found.emplace_back(std::atoi(entry.path().filename().c_str()), entry.path() / "bin");
  }
  std::sort(found.rbegin(), found.rend());
  std::vector<fs::path> result;
  result.reserve(found.size());
  for (auto& [major, path] : found) result.push_back(std::move(path));
  return result;
}

std::vector<fs::path> configured_directories(const User& user) {
  for (const fs::path& entry : search_path()) {
    if (::access((entry / "pg_config").c_str(), X_OK) != 0) continue;
    const auto outcome = run_in("/", user, {(entry / "pg_config").string(), "--bindir"});
    return {outcome.output.substr(0, outcome.output.find('\n'))};
  }
  return {};
}

/// The three programs must lie together: links in a directory of $PATH are followed to where they come from.
std::optional<PostgresPrograms> programs_in(const fs::path& directory, const User& user) {
  std::error_code error;
  const fs::path real = fs::canonical(directory / "postgres", error).parent_path();
  for (const char* program : {"postgres", "initdb", "pg_ctl"}) {
    if (error || ::access((real / program).c_str(), X_OK) != 0) return std::nullopt;
  }
  const auto version = run_in("/", user, {(real / "postgres").string(), "--version"});
  const auto digit = version.output.find_first_of("0123456789");
  if (version.exit_code != 0 || digit == std::string::npos) return std::nullopt;
  return PostgresPrograms{real, std::atoi(version.output.c_str() + digit)};
}

std::vector<fs::path> candidates(const User& user) {
  if (const char* chosen = std::getenv("SERIATIM_POSTGRES_BIN"); chosen != nullptr && *chosen != '\0') return {chosen};
  std::vector<fs::path> result = search_path();
  for (const auto& more : {packaged_directories(), std::vector<fs::path>{"/usr/local/pgsql/bin"}}) {
    result.insert(result.end(), more.begin(), more.end());
  }
  const auto configured = configured_directories(user);
  result.insert(result.end(), configured.begin(), configured.end());
  return result;
}

}  // namespace

Outcome run_in(const fs::path& directory, const User& user, std::vector<std::string> arguments) {
  return run({std::move(arguments), user, directory, environment(directory)});
}

PostgresPrograms find_postgres_programs(const User& user, int wanted) {
  for (const fs::path& directory : candidates(user)) {
    const auto found = programs_in(directory, user);
    if (found && found->major >= oldest_major && (wanted == 0 || found->major == wanted)) return *found;
  }
  const std::string version = wanted == 0 ? "14 or newer" : std::to_string(wanted) + ", which the cluster was made by,";
  const char* chosen = std::getenv("SERIATIM_POSTGRES_BIN");
  if (chosen != nullptr && *chosen != '\0') {
    refuse(std::string{"SERIATIM_POSTGRES_BIN is "} + chosen + ", where no PostgreSQL " + version +
           " was found (initdb, pg_ctl and postgres); correct or unset it");
  }
  refuse("no PostgreSQL " + version +
         " was found (initdb, pg_ctl and postgres in one directory) in $PATH, /usr/lib/postgresql/*/bin, "
         "/usr/local/pgsql/bin and the answer of `pg_config --bindir`; install it (on Debian: apt-get install "
         "postgresql), or name its directory in SERIATIM_POSTGRES_BIN");
}

}  // namespace seriatim::runtime
