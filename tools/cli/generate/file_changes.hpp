#pragma once
// What a generator is going to write, collected first and written at once: either all of it is there in the end, or nothing.

#include <filesystem>
#include <string>
#include <vector>

namespace seriatim::cli::generate {

/// New files and changed ones below one folder. Not thread-safe.
class FileChanges {
 public:
  struct Change {
    std::filesystem::path path;  ///< Below the folder.
    std::string before;          ///< Empty for a new file.
    std::string after;
    bool created;
  };

  explicit FileChanges(std::filesystem::path folder) : folder_{std::move(folder)} {}

  /// Error(usage) when there is such a file already.
  void create(const std::filesystem::path& path, std::string text);

  /// The text of a file as it will be: with what was changed until now. Error(usage) when it cannot be read.
  [[nodiscard]] std::string text_of(const std::filesystem::path& path) const;

  /// Nothing happens when the text is what it was.
  void change(const std::filesystem::path& path, std::string text);

  [[nodiscard]] const std::vector<Change>& all() const noexcept { return changes_; }

  /// Writes everything beside its place, then renames it into place. What cannot be written, or was changed by somebody else
  /// since it was read, is an error (std::system_error, Error(usage)), and everything is as it was.
  void write() const;

 private:
  std::filesystem::path folder_;
  std::vector<Change> changes_;
};

/// The lines of a change, "+" and "-" in front of those that come and go; the others are left out.
[[nodiscard]] std::string changed_lines(const FileChanges::Change& change);

}  // namespace seriatim::cli::generate
