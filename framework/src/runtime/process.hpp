#pragma once
// What it takes to look after a server that may run as another user: child processes (no shell), PostgreSQL's
// processes, that user's files, and a lock between programs. Linux only: relies on /proc. All functions may be called
// from any thread. Errors are seriatim::Error with the code `configuration` where nothing else is said.

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

namespace seriatim::runtime {

struct User {
  std::string name;
  uid_t uid{};
  gid_t gid{};
  std::vector<gid_t> groups;  ///< All of them, looked up beforehand: a child may not search /etc/group after fork().
};

[[nodiscard]] std::optional<User> find_user(const std::string& name);
[[nodiscard]] std::optional<User> find_user(uid_t uid);

/// The user that this process acts as; its number serves as name when the system has no other.
[[nodiscard]] User current_user();

struct Command {
  std::vector<std::string> arguments;       ///< The first is the path of the executable; $PATH is not searched.
  User user;                                ///< Privileges are dropped when it is not the current one.
  std::filesystem::path working_directory;  ///< Entered as `user`.
  std::vector<std::string> environment;     ///< All of it, as NAME=value.
};

struct Outcome {
  int exit_code = 0;   ///< As a shell has it: 128 + the number of the signal for a killed process.
  std::string output;  ///< Standard output and standard error as they came.
};

/// Runs a command to its end, with nothing to read on standard input and none of our files and signal settings
/// inherited. The command is killed when the calling thread dies. Throws when it cannot be run at all.
[[nodiscard]] Outcome run(const Command& command);

/// Whether that user may enter the directory; really tried in a child process, so that access lists count as well.
[[nodiscard]] bool can_enter(const User& user, const std::filesystem::path& directory);

/// Whether `pid` is a living PostgreSQL process (server, session, initdb) with that working directory, which is
/// how one tells the processes of a cluster: each of them stays in the data directory.
[[nodiscard]] bool is_postgres_in(pid_t pid, const std::filesystem::path& directory);
[[nodiscard]] std::vector<pid_t> postgres_processes_in(const std::filesystem::path& directory);

/// Gives them a second to notice that their server is gone, then ends them with growing force. Throws
/// Error{connection_lost} when that does not help either.
void end_postgres_processes_in(const std::filesystem::path& directory);

/// Throws "<what>: <the system's reason>" if there is an error.
void check(const std::error_code& error, const std::string& what);
void check_errno(bool done, const std::string& what);

[[nodiscard]] bool empty_or_absent(const std::filesystem::path& directory);

/// Enterable by all when root makes them, whatever the umask: the server's user must get through.
void make_directories(const std::filesystem::path& directory);
void make_private_directory(const std::filesystem::path& directory, const User& owner);

/// Replaces the file in one step, for its owner's eyes only.
void write_file(const std::filesystem::path& file, const std::string& text, const User& owner);
void remove_tree(const std::filesystem::path& path);

/// Polls until the condition holds; false when it still does not after `limit`.
template <class Condition>
[[nodiscard]] bool wait_until(std::chrono::milliseconds limit, const Condition& condition) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
  return true;
}

/// An exclusive lock on a file, created when missing; held until destruction or the end of the process. Between
/// threads as between programs, and between root and others.
class FileLock {
 public:
  /// Waits for other holders up to `limit`, then throws Error{connection_lost}.
  FileLock(std::filesystem::path file, std::chrono::milliseconds limit);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

  /// Deletes the file. Programs that wait for it notice and go on with a new one.
  void remove_file() const noexcept;

 private:
  [[nodiscard]] bool try_lock();

  std::filesystem::path file_;
  int descriptor_ = -1;
};

}  // namespace seriatim::runtime
