#pragma once
// Running git and reading what it says, piece by piece.

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace git_import {

/// A git that is running. Its standard error is ours. Not thread-safe.
class GitProcess {
 public:
  /// Runs `git -C repository arguments...`, without a shell. The settings of a repository that the caller may be in
  /// (GIT_DIR and its like) do not reach it. Throws std::system_error when git cannot be run.
  GitProcess(const std::string& repository, const std::vector<std::string>& arguments);
  /// Ends a git that was not read to its end: it fails to write and gives up.
  ~GitProcess();
  GitProcess(const GitProcess&) = delete;
  GitProcess& operator=(const GitProcess&) = delete;

  /// What git wrote up to the next `separator`, without that; nullopt at the end.
  [[nodiscard]] std::optional<std::string> read_until(char separator);

  /// Waits for git's end and returns its exit code, 128 + signal when it was killed.
  [[nodiscard]] int finish();

 private:
  bool fill();
  void close_output() noexcept;

  pid_t child_ = -1;
  int output_ = -1;
  std::array<char, 65536> buffer_{};
  std::string_view unread_;  ///< The part of buffer_ that was not taken yet.
};

/// What a git command answered.
struct Answer {
  int exit_code;
  std::string first_line;
};

/// Runs a git command that answers with at most one line.
[[nodiscard]] Answer ask_git(const std::string& repository, const std::vector<std::string>& arguments);

}  // namespace git_import
