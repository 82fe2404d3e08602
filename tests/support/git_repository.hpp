#pragma once
// Small git repositories for tests, the same on every machine: no configuration but their own counts.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace seriatim::testing {

/// A repository in a directory of the caller's. Throws std::runtime_error with git's words when git fails.
class GitRepository {
 public:
  explicit GitRepository(std::filesystem::path directory);

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

  /// Runs git with these arguments in the repository and returns what it wrote.
  std::string git(const std::vector<std::string>& arguments) const;

  /// Writes a file of any name; parents are created.
  void write(const std::string& file, std::string_view content) const;

  /// Who makes the commits that follow, and when ("2026-11-20T23:30:00+0200").
  void be(std::string name, std::string email, std::string when);

  /// Commits everything that changed, also when nothing did.
  void commit(const std::string& message) const;

 private:
  std::filesystem::path path_;
  std::string name_ = "Ada";
  std::string email_ = "ada@example.org";
  std::string when_ = "2026-11-20T12:00:00+0000";
};

}  // namespace seriatim::testing
