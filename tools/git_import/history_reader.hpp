#pragma once
// The history of a repository as git tells it, commit by commit.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace git_import {

/// How one commit changed one path. All texts are bytes as git has them.
struct FileChange {
  char status = 'M';     ///< As `git log --raw` has it: A, M, D, R, T and so on.
  std::string old_path;  ///< Of a rename only; else empty.
  std::string path;
  std::optional<std::int64_t> lines_added;  ///< Absent for binary files.
  std::optional<std::int64_t> lines_deleted;
};

struct Commit {
  std::string hash;
  std::int32_t position = 0;  ///< From 1, in first-parent order.
  std::int64_t time = 0;      ///< When it was committed, in seconds since 1970.
  std::string author;
  std::string email;
  std::vector<FileChange> changes;
};

/// Reads the commits of HEAD, first parents only, oldest first, beginning with number `from`. A merge changes what it
/// brings to its first parent. Holds one commit at a time; git itself holds the list of hashes. An empty repository has
/// no commits. Throws std::runtime_error with a sentence when there is no repository or git fails.
void read_history(const std::string& repository, std::int32_t from, const std::function<void(const Commit&)>& visit);

}  // namespace git_import
