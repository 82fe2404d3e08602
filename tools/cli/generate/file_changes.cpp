#include "generate/file_changes.hpp"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>

#include "seriatim/errors.hpp"

namespace seriatim::cli::generate {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& file) {
  std::ifstream stream{file, std::ios::binary};
  if (!stream) throw_error<ErrorCode::usage>(file.string() + " cannot be read: it is needed to add to it");
  return {std::istreambuf_iterator<char>{stream}, {}};
}

void write_file(const fs::path& file, const std::string& text) {
  std::ofstream stream{file, std::ios::binary | std::ios::trunc};
  stream << text;
  stream.close();
  if (!stream) throw std::system_error{errno, std::generic_category(), "cannot write " + file.string()};
}

/// One call of FileChanges::write. What it did is undone when it ends without `commit`.
class Writing {
 public:
  explicit Writing(const fs::path& folder) : folder_{folder} {}
  Writing(const Writing&) = delete;
  Writing& operator=(const Writing&) = delete;

  ~Writing() {
    std::error_code ignored;
    for (const fs::path& file : unfinished_) fs::remove(file, ignored);
    if (committed_) return;
    for (const FileChanges::Change* change : done_) undo(*change);
    for (auto made = folders_.rbegin(); made != folders_.rend(); ++made) fs::remove(*made, ignored);
  }

  void prepare(const FileChanges::Change& change) {
    make_folders((folder_ / change.path).parent_path());
    unfinished_.push_back(unfinished(change));
    write_file(unfinished_.back(), change.after);
  }

  void put_in_place(const FileChanges::Change& change) {
    const fs::path file = folder_ / change.path;
    const bool as_read = change.created ? !fs::exists(file) : read(file) == change.before;
    if (!as_read) {
      throw_error<ErrorCode::usage>(file.string() + " was changed by somebody else meanwhile: nothing was written; try again");
    }
    if (!change.created) fs::permissions(unfinished(change), fs::status(file).permissions());
    fs::rename(unfinished(change), file);
    done_.push_back(&change);
  }

  void commit() noexcept { committed_ = true; }

 private:
  [[nodiscard]] fs::path unfinished(const FileChanges::Change& change) const {
    return folder_ / (change.path.string() + ".seriatim-unfinished");
  }

  void make_folders(const fs::path& folder) {
    if (folder.empty() || fs::exists(folder)) return;
    make_folders(folder.parent_path());
    fs::create_directory(folder);
    folders_.push_back(folder);
  }

  void undo(const FileChanges::Change& change) const noexcept {
    std::error_code ignored;
    if (change.created) {
      fs::remove(folder_ / change.path, ignored);
      return;
    }
    std::ofstream{folder_ / change.path, std::ios::binary | std::ios::trunc} << change.before;
  }

  fs::path folder_;
  std::vector<fs::path> unfinished_;
  std::vector<fs::path> folders_;
  std::vector<const FileChanges::Change*> done_;
  bool committed_ = false;
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

/// lengths[i][j]: how many lines a from i on and b from j on have in common, in order.
std::vector<std::vector<std::size_t>> common_lengths(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  std::vector<std::vector<std::size_t>> lengths(a.size() + 1, std::vector<std::size_t>(b.size() + 1, 0));
  for (std::size_t i = a.size(); i-- > 0;) {
    for (std::size_t j = b.size(); j-- > 0;) {
      lengths[i][j] = a[i] == b[j] ? lengths[i + 1][j + 1] + 1 : std::max(lengths[i + 1][j], lengths[i][j + 1]);
    }
  }
  return lengths;
}

}  // namespace

void FileChanges::create(const fs::path& path, std::string text) {
  if (fs::exists(fs::symlink_status(folder_ / path))) {
    throw_error<ErrorCode::usage>((folder_ / path).string() + " is there already: nothing was written; move it away, or choose "
                                                              "another name");
  }
  changes_.push_back({path, "", std::move(text), true});
}

std::string FileChanges::text_of(const fs::path& path) const {
  for (const Change& change : changes_) {
    if (change.path == path) return change.after;
  }
  return read(folder_ / path);
}

void FileChanges::change(const fs::path& path, std::string text) {
  for (Change& change : changes_) {
    if (change.path != path) continue;
    change.after = std::move(text);
    return;
  }
  std::string before = read(folder_ / path);
  if (before != text) changes_.push_back({path, std::move(before), std::move(text), false});
}

void FileChanges::write() const {
  Writing writing{folder_};
  for (const Change& change : changes_) writing.prepare(change);
  for (const Change& change : changes_) writing.put_in_place(change);
  writing.commit();
}

std::string changed_lines(const FileChanges::Change& change) {
  const auto before = lines_of(change.before);
  const auto after = lines_of(change.after);
  const auto lengths = common_lengths(before, after);
  std::string out;
  for (std::size_t i = 0, j = 0; i < before.size() || j < after.size();) {
    if (i < before.size() && j < after.size() && before[i] == after[j]) {
      ++i;
      ++j;
    } else if (j == after.size() || (i < before.size() && lengths[i + 1][j] >= lengths[i][j + 1])) {
      out += "- " + before[i++] + '\n';
    } else {
      out += "+ " + after[j++] + '\n';
    }
  }
  return out;
}

}  // namespace seriatim::cli::generate
