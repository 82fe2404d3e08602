#include "runtime/process.hpp"

#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <pwd.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <system_error>
#include <utility>

#include "seriatim/errors.hpp"

namespace seriatim::runtime {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const std::string& what, int error) {
  throw Error{ErrorCode::configuration, what + ": " + std::generic_category().message(error)};
}

void give_to(const User& user, const fs::path& path) {
  const bool given = user.uid == ::geteuid() || ::lchown(path.c_str(), user.uid, user.gid) == 0;
  check_errno(given, "cannot give " + path.string() + " to user " + user.name);
}

/// Closes itself; moved never, passed by reference only.
struct Descriptor {
  int number = -1;
  Descriptor() = default;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { reset(); }
  void reset() {
    if (number >= 0) ::close(number);
    number = -1;
  }
};

struct Pipe {
  Descriptor reading;
  Descriptor writing;
  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail("cannot make a pipe; free some file descriptors", errno);
    reading.number = ends[0];
    writing.number = ends[1];
  }
};

std::vector<gid_t> groups_of(const passwd& entry) {
  int count = 0;
  ::getgrouplist(entry.pw_name, entry.pw_gid, nullptr, &count);
  std::vector<gid_t> groups(static_cast<std::size_t>(count));
  if (::getgrouplist(entry.pw_name, entry.pw_gid, groups.data(), &count) < 0) return {entry.pw_gid};
  return groups;
}

template <class Lookup>
std::optional<User> look_up(const Lookup& lookup) {
  std::vector<char> buffer(16384);
  passwd entry{};
  passwd* found = nullptr;
  if (lookup(&entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) return std::nullopt;
  return User{entry.pw_name, entry.pw_uid, entry.pw_gid, groups_of(entry)};
}

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> result;
  result.reserve(texts.size() + 1);
  // execve() promises not to write through these pointers; its signature is older than const.
  for (const std::string& text : texts) result.push_back(const_cast<char*>(text.c_str()));
  result.push_back(nullptr);
  return result;
}

// What follows, up to execute(), runs in the child after fork(): it may call nothing that allocates or locks.

bool become(const User& user) {
  if (user.uid == ::geteuid()) return true;
  return ::setgroups(user.groups.size(), user.groups.data()) == 0 && ::setgid(user.gid) == 0 && ::setuid(user.uid) == 0;
}

/// A server that the command starts must not keep our sockets and locks open.
void close_all_on_exec() {
  if (::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) == 0) return;
  for (int number = 3; number < 4096; ++number) ::fcntl(number, F_SETFD, FD_CLOEXEC);
}

void reset_signals() {
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
}

bool redirect(int input, int output) {
  return ::dup2(input, STDIN_FILENO) >= 0 && ::dup2(output, STDOUT_FILENO) >= 0 && ::dup2(output, STDERR_FILENO) >= 0;
}

/// Dies with the parent, also when that died between fork() and here.
bool follow(pid_t parent) {
  return ::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && ::getppid() == parent;
}

struct Prepared {
  const Command& command;
  std::vector<char*> arguments = pointers(command.arguments);
  std::vector<char*> environment = pointers(command.environment);
  const char* directory = command.working_directory.c_str();
  pid_t parent = ::getpid();
};

[[noreturn]] void execute(const Prepared& prepared, int input, int output, int failure) {
  reset_signals();
  if (redirect(input, output) && become(prepared.command.user) && follow(prepared.parent) &&
      ::chdir(prepared.directory) == 0) {
    close_all_on_exec();
    ::execve(prepared.arguments.front(), prepared.arguments.data(), prepared.environment.data());
  }
  const int error = errno;
  [[maybe_unused]] const auto written = ::write(failure, &error, sizeof error);
  ::_exit(127);
}

std::string read_all(int descriptor) {
  std::string text;
  std::array<char, 4096> buffer{};
  for (;;) {
    const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

int wait_for(pid_t child, const std::string& name) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) fail("the end of " + name + " went unseen; do not ignore SIGCHLD in this program", errno);
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

pid_t fork_or_fail(const std::string& name) {
  const pid_t child = ::fork();
  if (child < 0) fail("cannot start a process for " + name + "; free some memory or processes", errno);
  return child;
}

pid_t number_of(const std::string& text) {
  pid_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() ? number : 0;
}

int open_lock_file(const fs::path& file) {
  // Without O_CREAT first: in a directory like /tmp the kernel refuses O_CREAT on a file of another user.
  const int existing = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (existing >= 0 || errno != ENOENT) return existing;
  const int created = ::open(file.c_str(), O_RDONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (created >= 0) ::fchmod(created, 0644);  // whatever the umask: others must be able to lock it too
  return created;
}

}  // namespace

std::optional<User> find_user(const std::string& name) {
  return look_up([&](auto... out) { return ::getpwnam_r(name.c_str(), out...); });
}

std::optional<User> find_user(uid_t uid) {
  return look_up([&](auto... out) { return ::getpwuid_r(uid, out...); });
}

User current_user() {
  if (auto user = find_user(::geteuid())) return *std::move(user);
  return User{std::to_string(::geteuid()), ::geteuid(), ::getegid(), {}};
}

Outcome run(const Command& command) {
  const std::string& name = command.arguments.front();
  Pipe output;
  Pipe failure;
  Descriptor input;
  input.number = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  const Prepared prepared{command};
  const pid_t child = fork_or_fail(name);
  if (child == 0) execute(prepared, input.number, output.writing.number, failure.writing.number);
  output.writing.reset();
  failure.writing.reset();
  Outcome outcome;
  outcome.output = read_all(output.reading.number);
  const std::string error = read_all(failure.reading.number);
  outcome.exit_code = wait_for(child, name);
  if (error.size() != sizeof(int)) return outcome;
  int number = 0;
  error.copy(reinterpret_cast<char*>(&number), sizeof number);
  fail("cannot run " + name + " as user " + command.user.name + " in " + command.working_directory.string() +
           "; check that this user may use both",
       number);
}

bool can_enter(const User& user, const fs::path& directory) {
  const pid_t child = fork_or_fail("a look at " + directory.string());
  if (child == 0) ::_exit(become(user) && ::chdir(directory.c_str()) == 0 ? 0 : 1);
  return wait_for(child, "a look at " + directory.string()) == 0;
}

bool is_postgres_in(pid_t pid, const fs::path& directory) {
  const fs::path process = "/proc/" + std::to_string(pid);
  std::string name;
  std::getline(std::ifstream{process / "comm"}, name);
  if (name != "postgres" && name != "initdb") return false;
  std::error_code error;  // a process of another user, a zombie or one that has just gone: none of ours
  return fs::equivalent(process / "cwd", directory, error) && !error;
}

std::vector<pid_t> postgres_processes_in(const fs::path& directory) {
  std::vector<pid_t> found;
  for (const auto& entry : fs::directory_iterator{"/proc"}) {
    const pid_t pid = number_of(entry.path().filename().string());
    if (pid > 0 && is_postgres_in(pid, directory)) found.push_back(pid);
  }
  return found;
}

void end_postgres_processes_in(const fs::path& directory) {
  const auto none_left = [&] { return postgres_processes_in(directory).empty(); };
  if (wait_until(std::chrono::seconds{1}, none_left)) return;
  for (const int signal : {SIGQUIT, SIGKILL}) {
    for (const pid_t pid : postgres_processes_in(directory)) ::kill(pid, signal);
    if (wait_until(std::chrono::seconds{5}, none_left)) return;
  }
  throw Error{ErrorCode::connection_lost,
              "the processes of an earlier server on " + directory.string() + " cannot be ended; restart the machine"};
}

void check(const std::error_code& error, const std::string& what) {
  if (error) fail(what, error.value());
}

void check_errno(bool done, const std::string& what) {
  if (!done) fail(what, errno);
}

bool empty_or_absent(const fs::path& directory) {
  std::error_code error;
  const bool exists = fs::exists(fs::symlink_status(directory, error));
  return !exists || (fs::is_directory(directory, error) && fs::is_empty(directory, error));
}

void make_directories(const fs::path& directory) {
  std::error_code error;
  if (fs::is_directory(directory, error)) return;
  make_directories(directory.parent_path());
  const bool made = ::mkdir(directory.c_str(), 0777) == 0;
  check_errno(made || errno == EEXIST, "cannot create " + directory.string() + "; choose another directory");
  if (made && ::geteuid() == 0) ::chmod(directory.c_str(), 0755);
}

void make_private_directory(const fs::path& directory, const User& owner) {
  check_errno(::mkdir(directory.c_str(), 0700) == 0, "cannot create " + directory.string());
  give_to(owner, directory);
}

void write_file(const fs::path& file, const std::string& text, const User& owner) {
  const fs::path fresh = file.string() + ".new";
  ::unlink(fresh.c_str());
  Descriptor opened;  // exclusively: root may write into another user's directory here, with links of that user in it
  opened.number = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  check_errno(opened.number >= 0, "cannot create " + fresh.string());
  const bool written = ::write(opened.number, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  check_errno(written, "cannot write " + fresh.string() + "; is the disk full?");
  give_to(owner, fresh);
  check_errno(::rename(fresh.c_str(), file.c_str()) == 0, "cannot replace " + file.string());
}

void remove_tree(const fs::path& path) {
  std::error_code error;
  fs::remove_all(path, error);
  check(error, "cannot delete " + path.string());
}

FileLock::FileLock(fs::path file, std::chrono::milliseconds limit) : file_{std::move(file)} {
  if (wait_until(limit, [this] { return try_lock(); })) return;
  throw Error{ErrorCode::connection_lost, "another program has held " + file_.string() + " for " +
                                              std::to_string(limit.count() / 1000) +
                                              " seconds; wait for it or end it, and try again"};
}

FileLock::~FileLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void FileLock::remove_file() const noexcept {
  ::unlink(file_.c_str());
}

bool FileLock::try_lock() {
  Descriptor opened;
  opened.number = open_lock_file(file_);
  if (opened.number < 0) fail("cannot open the lock file " + file_.string() + "; choose another directory", errno);
  if (::flock(opened.number, LOCK_EX | LOCK_NB) != 0) return false;
  struct stat ours {};
  struct stat current {};
  // The former holder may have removed the file after we opened it; a lock on a removed file excludes nobody.
  if (::fstat(opened.number, &ours) != 0 || ::stat(file_.c_str(), &current) != 0 || ours.st_ino != current.st_ino) {
    return false;
  }
  descriptor_ = std::exchange(opened.number, -1);
  return true;
}

}  // namespace seriatim::runtime
