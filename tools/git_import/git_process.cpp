#include "git_process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace git_import {
namespace {

[[noreturn]] void fail(int error, const char* what) {
  throw std::system_error{error, std::generic_category(), what};
}

/// Variables by which a git hook, for instance, binds every git that it starts to its own repository.
bool binds_to_a_repository(std::string_view variable) {
  constexpr std::array<std::string_view, 6> names{
      "GIT_DIR=", "GIT_WORK_TREE=", "GIT_INDEX_FILE=", "GIT_COMMON_DIR=", "GIT_OBJECT_DIRECTORY=", "GIT_NAMESPACE="};
  return std::any_of(names.begin(), names.end(), [&](std::string_view name) { return variable.starts_with(name); });
}

std::vector<char*> environment_for_git() {
  std::vector<char*> result;
  for (char** variable = ::environ; *variable != nullptr; ++variable) {
    if (!binds_to_a_repository(*variable)) result.push_back(*variable);
  }
  result.push_back(nullptr);
  return result;
}

/// Redirects standard output; frees what posix_spawn wants to have freed.
class FileActions {
 public:
  explicit FileActions(int output) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
  }
  ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;

  [[nodiscard]] const posix_spawn_file_actions_t* get() const noexcept { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

pid_t spawn(std::vector<std::string> command, int output) {
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (std::string& word : command) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const FileActions actions{output};
  pid_t child = -1;
  const int error =
      ::posix_spawnp(&child, "git", actions.get(), nullptr, arguments.data(), environment_for_git().data());
  if (error != 0) fail(error, "cannot run git; is it installed?");
  return child;
}

}  // namespace

GitProcess::GitProcess(const std::string& repository, const std::vector<std::string>& arguments) {
  std::vector<std::string> command{"git", "-C", repository};
  command.insert(command.end(), arguments.begin(), arguments.end());
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail(errno, "cannot make a pipe");
  output_ = ends[0];
  try {
    child_ = spawn(std::move(command), ends[1]);
  } catch (...) {
    ::close(ends[1]);
    close_output();
    throw;
  }
  ::close(ends[1]);
}

GitProcess::~GitProcess() {
  close_output();
  if (child_ > 0) ::waitpid(child_, nullptr, 0);
}

std::optional<std::string> GitProcess::read_until(char separator) {
  std::string text;
  while (!unread_.empty() || fill()) {
    const std::size_t end = unread_.find(separator);
    text.append(unread_.substr(0, end));
    if (end != std::string_view::npos) {
      unread_.remove_prefix(end + 1);
      return text;
    }
    unread_ = {};
  }
  if (text.empty()) return std::nullopt;
  return text;
}

int GitProcess::finish() {
  close_output();
  int status = 0;
  while (::waitpid(child_, &status, 0) < 0) {
    if (errno != EINTR) fail(errno, "the end of git went unseen");
  }
  child_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// False at the end.
bool GitProcess::fill() {
  for (;;) {
    const ssize_t count = ::read(output_, buffer_.data(), buffer_.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail(errno, "cannot read what git writes");
    unread_ = {buffer_.data(), static_cast<std::size_t>(count)};
    return count > 0;
  }
}

void GitProcess::close_output() noexcept {
  if (output_ >= 0) ::close(output_);
  output_ = -1;
}

Answer ask_git(const std::string& repository, const std::vector<std::string>& arguments) {
  GitProcess git{repository, arguments};
  std::string line = git.read_until('\n').value_or("");
  return {git.finish(), std::move(line)};
}

}  // namespace git_import
