#include "seriatim/testing/throwaway_cluster.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <pqxx/pqxx>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <vector>

namespace seriatim::testing {
namespace {

namespace fs = std::filesystem;

constexpr const char* prefix = "seriatim-test-";

/// When the process was started, in clock ticks since boot: with the pid it names a process for good. "0" if none.
std::string start_time(const std::string& pid) {
  std::ifstream file{"/proc/" + pid + "/stat"};
  const std::string all{std::istreambuf_iterator<char>{file}, {}};
  const auto name_end = all.rfind(')');  // the second field, in parentheses, may hold spaces
  if (name_end == std::string::npos) return "0";
  std::istringstream fields{all.substr(name_end + 1)};
  std::string field;
  for (int number = 3; number <= 22; ++number) fields >> field;
  return field;
}

std::string name_of(const std::string& pid) {
  return prefix + pid + "-" + start_time(pid) + "-";
}

bool left_behind(const fs::path& directory) {
  const std::string name = directory.filename().string();
  const std::string start = prefix;
  if (name.compare(0, start.size(), start) != 0) return false;
  struct stat found {};
  if (::lstat(directory.c_str(), &found) != 0 || !S_ISDIR(found.st_mode) || found.st_uid != ::geteuid()) return false;
  const std::string pid = name.substr(start.size(), name.find('-', start.size()) - start.size());
  const std::string owner = name_of(pid);
  return name.compare(0, owner.size(), owner) != 0;
}

/// Never throws: used in destructors, and on directories that another process may be removing at the same time.
void remove_with_server(const fs::path& directory) noexcept {
  try {
    LocalPostgres{{.directory = directory / "postgres"}}.remove();
  } catch (const std::exception&) {
    // What a test made there is no cluster, or one that cannot be stopped; a server without its files ends by itself.
  }
  std::error_code error;
  fs::remove_all(directory, error);
  if (error) std::cerr << "cannot remove " << directory << ": " << error.message() << '\n';
}

void remove_what_was_left_behind(const fs::path& parent) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator{parent}) {
    if (left_behind(entry.path())) found.push_back(entry.path());
  }
  for (const fs::path& directory : found) remove_with_server(directory);
}

fs::path new_directory(const fs::path& parent) {
  std::string path = (parent / (name_of(std::to_string(::getpid())) + "XXXXXX")).string();
  if (::mkdtemp(path.data()) == nullptr) {
    throw std::system_error{errno, std::generic_category(), "cannot create a directory like " + path};
  }
  // The user that the server runs as must get through; what is private in it has modes of its own.
  ::chmod(path.c_str(), 0755);
  return path;
}

LocalPostgres::Settings settings(const fs::path& directory, bool durable) {
  LocalPostgres::Settings result{.directory = directory};
  if (durable) return result;
  // Without `synchronous_commit`, programs would keep no aggregates, and what is tested would be something else.
  for (const char* name : {"fsync", "full_page_writes"}) {
    result.configuration.emplace_back(name, "off");
  }
  return result;
}

}  // namespace

ThrowawayDirectory::ThrowawayDirectory(const fs::path& parent) {
  remove_what_was_left_behind(parent);
  path_ = new_directory(parent);
}

ThrowawayDirectory::~ThrowawayDirectory() {
  remove_with_server(path_);
}

ThrowawayCluster::ThrowawayCluster(bool durable)
    : server_{settings(directory_.server_directory(), durable)}, url_{server_.start()} {}

ThrowawayCluster::~ThrowawayCluster() = default;

std::string ThrowawayCluster::create_database() {
  const std::string name = "test_" + std::to_string(++databases_);
  pqxx::connection connection{url_};
  pqxx::nontransaction session{connection};
  session.exec("CREATE DATABASE " + name + " TEMPLATE template0");
  const auto end = url_.find('?');
  return url_.substr(0, url_.rfind('/', end) + 1) + name + url_.substr(end);
}

}  // namespace seriatim::testing
