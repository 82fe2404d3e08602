#include "runtime/postgres_cluster.hpp"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <pqxx/pqxx>
#include <sstream>
#include <string_view>

#include "seriatim/errors.hpp"

namespace seriatim {
namespace {

namespace fs = std::filesystem;
using runtime::check;
using runtime::User;
using std::chrono::seconds;

constexpr const char* superuser = "seriatim";
constexpr const char* relocated_root = "/var/lib/seriatim";
constexpr const char* marker = "# Written by seriatim at every start of the server; change settings with ALTER SYSTEM.";
constexpr const char* socket_name = ".s.PGSQL.5432";
constexpr std::size_t longest_socket_path = 107;  // sockaddr_un::sun_path without its final zero
constexpr seconds patience{60};
constexpr seconds stop_patience{180};  // it writes everything to the disk, which may be busy
constexpr seconds lock_patience{180};  // one that starts may have to wait for a recovery and then for the start itself

[[noreturn]] void refuse(const std::string& message) {
  throw Error{ErrorCode::configuration, message};
}
[[noreturn]] void give_up(const std::string& message) {
  throw Error{ErrorCode::connection_lost, message};
}

// --- texts -----------------------------------------------------------------------------------------------------------

/// FNV-1a: the same in every build, as programs of different builds must agree on it.
std::string hash_of(const std::string& text) {
  std::uint64_t hash = 14695981039346656037U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  std::ostringstream hex;
  hex << std::hex << hash;
  return hex.str();
}

std::string percent_encoded(const std::string& text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 128 && (std::isalnum(byte) != 0 || std::strchr("-._~", c) != nullptr)) {
      result += c;
    } else {
      result += {'%', digits[byte >> 4U], digits[byte & 15U]};
    }
  }
  return result;
}

/// A value as postgresql.conf wants it.
std::string quoted(const std::string& value) {
  std::string result = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') result += c;
    result += c;
  }
  return result + "'";
}

std::string first_line(const fs::path& file) {
  std::string line;
  std::getline(std::ifstream{file}, line);
  return line;
}

/// The last lines of what a program said, as a part of one sentence.
std::string last_words(const std::string& text) {
  constexpr std::size_t how_many = 3;
  std::vector<std::string> lines;
  std::istringstream stream{text};
  for (std::string line; std::getline(stream, line);) {
    if (!line.empty()) lines.push_back(line);
  }
  std::string result;
  for (std::size_t i = lines.size() - std::min(lines.size(), how_many); i < lines.size(); ++i) {
    result += (result.empty() ? "" : " / ") + lines[i];
  }
  return result.empty() ? "it said nothing" : result;
}

std::string text_from(const fs::path& file, std::uintmax_t offset) {
  std::ifstream stream{file};
  stream.seekg(static_cast<std::streamoff>(offset));
  return {std::istreambuf_iterator<char>{stream}, {}};
}

// --- files -----------------------------------------------------------------------------------------------------------

/// An existing symbolic link is followed, so that all names of a cluster lead to one lock and one socket.
fs::path resolved(const fs::path& directory) {
  std::error_code error;
  const fs::path path = fs::weakly_canonical(fs::absolute(directory, error), error);
  check(error, "cannot look at " + directory.string() + "; choose a directory that you may read");
  fs::path result = path.has_filename() ? path : path.parent_path();
  if (directory.empty() || !result.has_filename()) {
    refuse("'" + directory.string() + "' cannot be the directory of a local PostgreSQL; name one of its own");
  }
  return result;
}

fs::path nearest_existing(fs::path path) {
  std::error_code ignored;
  while (!fs::exists(path, ignored) && path.has_relative_path()) path = path.parent_path();
  return path;
}

User server_user(const fs::path& data) {
  if (::geteuid() != 0) return runtime::current_user();
  struct stat version {};
  if (::lstat((data / "PG_VERSION").c_str(), &version) == 0 && version.st_uid != 0) {
    if (auto owner = runtime::find_user(version.st_uid)) return *std::move(owner);
  }
  if (auto user = runtime::find_user("postgres")) return *std::move(user);
  refuse(
      "PostgreSQL does not run as root and the system has no user postgres; install PostgreSQL's server package (on "
      "Debian: apt-get install postgresql) or run this as an ordinary user");
}

/// An address with a limit: a hung server takes connections without ever saying a word.
std::string impatient(const std::string& url) {
  return url + "&connect_timeout=5";
}

}  // namespace

LocalPostgres::Cluster::Cluster(Settings given)
    : settings{std::move(given)}, chosen{resolved(settings.directory)}, user{server_user(chosen)}, data{chosen} {
  settings.directory = fs::absolute(settings.directory);
  if (settings.database.empty()) refuse("the database of a local PostgreSQL has an empty name; give it one");
  if (user.uid != ::geteuid() && !runtime::can_enter(user, nearest_existing(chosen.parent_path()))) {
    data = fs::path{relocated_root} / hash_of(chosen.string());
  }
  const std::string& path = data.native();
  // Commas separate addresses for libpq, and the others would need escaping that differs between client and server.
  const bool plain = path.find_first_of(",\"'\\\n") == std::string::npos;
  const bool fits = plain && (data / socket_name).native().size() <= longest_socket_path;
  sockets = fits ? data : fs::path{"/tmp/seriatim-" + std::to_string(user.uid) + "-" + hash_of(path)};
}

std::string LocalPostgres::Cluster::url(const std::string& database) const {
  return std::string{"postgresql://"} + superuser + "@/" + percent_encoded(database) +
         "?host=" + percent_encoded(sockets.string()) + "&port=5432";
}

runtime::FileLock LocalPostgres::Cluster::lock() const {
  return {data.string() + ".lock", lock_patience};
}

std::string LocalPostgres::Cluster::version() const {
  return first_line(data / "PG_VERSION");
}

/// The pid file may be left over and its number reused, so the process itself is looked at.
pid_t LocalPostgres::Cluster::server_pid() const {
  const pid_t pid = std::atoi(first_line(data / "postmaster.pid").c_str());
  return pid > 0 && runtime::is_postgres_in(pid, data) ? pid : 0;
}

bool LocalPostgres::Cluster::answers(const std::string& url) {
  try {
    const pqxx::connection connection{impatient(url)};
    return true;
  } catch (const pqxx::failure&) {
    return false;
  }
}

std::string LocalPostgres::Cluster::running_version() const {
  try {
    pqxx::connection connection{impatient(maintenance_url())};
    pqxx::nontransaction session{connection};
    const auto version = session.exec("SHOW server_version")[0][0].as<std::string>();
    return version.substr(0, version.find(' '));
  } catch (const pqxx::failure&) {
    return {};
  }
}

std::string LocalPostgres::Cluster::configuration() const {
  std::ostringstream text;
  text << marker << "\nlisten_addresses = ''\nport = 5432\nunix_socket_permissions = 0700\n"
       << "unix_socket_directories = " << quoted('"' + sockets.string() + '"') << '\n'
       << "max_connections = 100\ntimezone = 'UTC'\nlog_timezone = 'UTC'\n";
  for (const auto& [name, value] : settings.configuration) {
    const bool known = !name.empty() && name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_.") == name.npos;
    if (!known || value.find('\n') != std::string::npos) {
      refuse("'" + std::string{name}.append("' = '").append(value) +
             "' is no PostgreSQL setting; write names in lower case, values in one line");
    }
    text << name << " = " << quoted(value) << '\n';
  }
  return text.str();
}

/// Somebody else's server must be neither trusted with data nor started with our settings.
void LocalPostgres::Cluster::check_owner() const {
  for (const fs::path& directory : {data, sockets}) {
    struct stat found {};
    if (::lstat(directory.c_str(), &found) != 0) continue;
    if (directory == data && ::geteuid() == 0 && runtime::empty_or_absent(directory)) continue;  // to be replaced
    const bool ours = S_ISDIR(found.st_mode) && found.st_uid == user.uid;
    if (ours && (directory == data || (found.st_mode & 0077U) == 0)) continue;
    refuse(directory.string() + " is not a private directory of user " + user.name + " (its owner has the number " +
           std::to_string(found.st_uid) +
           "); run this as its owner or as root, remove it, or choose another directory");
  }
}

void LocalPostgres::Cluster::check_contents() const {
  if (runtime::empty_or_absent(data) || first_line(data / "postgresql.conf") == marker) return;
  refuse(data.string() + " is not empty and no cluster made by seriatim; choose another directory or empty this one");
}

/// Makes the chosen directory lead to the data where the server's user cannot reach the directory itself.
void LocalPostgres::Cluster::link() const {
  if (chosen == data) return;
  std::error_code error;
  if (fs::is_symlink(chosen, error) && fs::read_symlink(chosen, error) == data) return;
  if (!runtime::empty_or_absent(chosen)) {
    refuse(chosen.string() + " is in use and out of reach for user " + user.name +
           ", which PostgreSQL runs as; move it " + "away, or let that user enter the directories above it");
  }
  runtime::make_directories(chosen.parent_path());
  fs::remove(chosen, error);
  fs::create_directory_symlink(data, chosen, error);
  check(error, "cannot make " + chosen.string() + " a link to " + data.string());
}

/// True when a server answers; else no process of the cluster is left, nor anything that keeps a new one from starting.
bool LocalPostgres::Cluster::settle() const {
  if (answers(maintenance_url())) return true;
  if (const pid_t pid = server_pid(); pid != 0) {
    bool up = false;
    const bool settled =
        runtime::wait_until(patience, [&] { return (up = answers(maintenance_url())) || server_pid() != pid; });
    if (up) return true;
    if (!settled) {
      give_up("PostgreSQL (process " + std::to_string(pid) + ") on " + data.string() +
              " accepts no connections; wait for it if server.log there says that it recovers, else end it");
    }
  }
  runtime::end_postgres_processes_in(data);
  remove_stale(data / "postmaster.pid");
  remove_stale(sockets / (std::string{socket_name} + ".lock"));
  return false;
}

/// PostgreSQL itself clears away the file of a dead process, after a check for shared memory still in use. It refuses
/// to start when the number belongs to another process by now, or when the file is damaged: only then we do it.
void LocalPostgres::Cluster::remove_stale(const fs::path& pid_file) const {
  const pid_t pid = std::atoi(first_line(pid_file).c_str());
  const bool dead = pid > 0 && ::kill(pid, 0) != 0 && errno == ESRCH;
  if (!dead) ::unlink(pid_file.c_str());
}

/// Under another name until complete: what has the final name is whole.
void LocalPostgres::Cluster::initialise(const runtime::PostgresPrograms& programs) const {
  const std::string initdb = (programs.directory / "initdb").string();
  std::vector<std::string> arguments{initdb,
                                     "--username",
                                     superuser,
                                     "--encoding=UTF8",
                                     "--locale=C",
                                     "--data-checksums",
                                     "--auth-local=trust",
                                     "--auth-host=reject",
                                     "--no-instructions"};
  const auto& more = settings.configuration;
  const std::pair<std::string, std::string> careless{"fsync", "off"};
  if (std::find(more.begin(), more.end(), careless) != more.end()) arguments.emplace_back("--no-sync");
  const std::string text = configuration();
  runtime::make_private_directory(unfinished(), user);
  const auto outcome = runtime::run_in(unfinished(), user, arguments);
  if (outcome.exit_code != 0) {
    runtime::remove_tree(unfinished());
    refuse(initdb + " could not make a cluster in " + data.parent_path().string() + ": " + last_words(outcome.output));
  }
  runtime::write_file(unfinished() / "postgresql.conf", text, user);
  runtime::check_errno(::rename(unfinished().c_str(), data.c_str()) == 0,
                       "cannot rename the new cluster to " + data.string());
}

void LocalPostgres::Cluster::launch(const runtime::PostgresPrograms& programs) const {
  if (!fs::exists(fs::symlink_status(sockets))) runtime::make_private_directory(sockets, user);
  runtime::write_file(data / "postgresql.conf", configuration(), user);
  std::error_code absent;
  const auto logged = fs::file_size(data / "server.log", absent);
  // No path on the command line but the log's, and that relative: pg_ctl hands them to a shell.
  const auto outcome = runtime::run_in(
      data, user,
      {(programs.directory / "pg_ctl").string(), "start", "--silent", "--wait", "--timeout=60", "--log=server.log"});
  const auto settled = [&] { return server_pid() == 0 || answers(maintenance_url()); };
  if (!runtime::wait_until(patience, settled)) {
    give_up("PostgreSQL on " + data.string() + " accepts no connections yet; see server.log there and try again");
  }
  if (server_pid() != 0) return;
  const std::string log = text_from(data / "server.log", absent ? 0 : logged);
  refuse("PostgreSQL did not start on " + data.string() +
         " (see server.log there): " + last_words(log.empty() ? outcome.output : log));
}

void LocalPostgres::Cluster::create_database() const {
  try {
    pqxx::connection connection{impatient(maintenance_url())};
    pqxx::nontransaction session{connection};
    const auto found = session.exec("SELECT 1 FROM pg_database WHERE datname = " + session.quote(settings.database));
    if (!found.empty()) return;
    session.exec("CREATE DATABASE " + session.quote_name(settings.database) + " TEMPLATE template0");
  } catch (const pqxx::failure& error) {
    give_up("cannot create the database " + settings.database + " in " + data.string() + ": " + error.what());
  }
}

void LocalPostgres::Cluster::stop() const {
  const pid_t pid = server_pid();
  if (pid == 0) return;
  ::kill(pid, SIGINT);  // fast shutdown
  if (runtime::wait_until(stop_patience, [&] { return !runtime::is_postgres_in(pid, data); })) return;
  give_up("PostgreSQL (process " + std::to_string(pid) + ") on " + data.string() +
          " does not stop; see server.log there and try again, or end the process");
}

}  // namespace seriatim
