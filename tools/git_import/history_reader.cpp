#include "history_reader.hpp"

#include <charconv>
#include <stdexcept>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "git_process.hpp"

namespace git_import {
namespace {

constexpr std::string_view commit_mark = "commit ";

[[noreturn]] void fail(const std::string& sentence) {
  throw std::runtime_error{sentence};
}

template <class Number>
std::optional<Number> number_of(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// Everything that a user's or a repository's configuration could change in the output is said here.
std::vector<std::string> log_arguments(const std::string& head, std::int32_t count) {
  return {"-c",
          "log.showRoot=true",
          "log",
          head,
          "--max-count=" + std::to_string(count),
          "--first-parent",
          "--diff-merges=first-parent",
          "--reverse",
          "-M",
          "-l1000",
          "--raw",
          "--numstat",
          "-z",
          "--no-abbrev",
          "--diff-algorithm=myers",
          "--ignore-submodules=none",
          "--no-relative",
          "--no-ext-diff",
          "--no-textconv",
          "--no-color",
          "--no-show-signature",
          "--no-notes",
          "--encoding=UTF-8",
          "--format=" + std::string{commit_mark} + "%H%x00%ct%x00%an%x00%ae"};
}

/// Understands the output of `git log --raw --numstat -z`: texts that end with NUL. A commit is its header (four texts,
/// the first of them marked), an empty text when there are changes, for each change ":modes hashes status" and one or
/// two paths, and the same changes again as "added TAB deleted TAB path", where a rename has an empty path and then
/// two.
class Parser {
 public:
  Parser(GitProcess& git, std::int32_t position, const std::function<void(const Commit&)>& visit)
      : git_{git}, position_{position}, visit_{visit} {}

  void run() {
    while (const auto text = git_.read_until('\0')) {
      std::string_view record = *text;
      if (record.starts_with('\n')) record.remove_prefix(1);  // parts header and changes
      if (record.starts_with(commit_mark)) {
        flush();
        read_header(record.substr(commit_mark.size()));
      } else if (record.starts_with(':')) {
        read_change(record);
      } else if (!record.empty()) {
        read_line_counts(record);
      }
    }
    flush();
  }

 private:
  std::string next() {
    auto text = git_.read_until('\0');
    if (!text) fail("git's output ends in the middle of a commit");
    return *std::move(text);
  }

  void flush() {
    if (!commit_.hash.empty()) visit_(commit_);
    commit_ = {};
    by_path_.clear();
  }

  void read_header(std::string_view hash) {
    commit_.hash = hash;
    commit_.position = position_++;
    commit_.time = number_of<std::int64_t>(next()).value_or(0);  // a damaged commit may have none
    commit_.author = next();
    commit_.email = next();
  }

  /// ":100644 100644 <hash> <hash> R083", then the path, or both paths of a rename or copy.
  void read_change(std::string_view record) {
    FileChange change;
    const std::size_t status = record.rfind(' ') + 1;
    if (status == record.size()) fail("git's output is not understood: " + std::string{record});
    change.status = record[status];
    change.path = next();
    if (change.status == 'R' || change.status == 'C') {
      change.old_path = std::exchange(change.path, next());
    }
    by_path_[change.path] = commit_.changes.size();
    commit_.changes.push_back(std::move(change));
  }

  /// "12 TAB 3 TAB path", or "12 TAB 3 TAB" and then both paths of a rename.
  void read_line_counts(std::string_view record) {
    const std::size_t first = record.find('\t');
    const std::size_t second = first == std::string_view::npos ? first : record.find('\t', first + 1);
    if (second == std::string_view::npos) fail("git's output is not understood: " + std::string{record});
    std::string path{record.substr(second + 1)};
    if (path.empty()) {
      (void)next();
      path = next();
    }
    const auto found = by_path_.find(path);
    if (found == by_path_.end()) return;
    FileChange& change = commit_.changes[found->second];
    change.lines_added = number_of<std::int64_t>(record.substr(0, first));  // "-" for binary files
    change.lines_deleted = number_of<std::int64_t>(record.substr(first + 1, second - first - 1));
  }

  GitProcess& git_;
  std::int32_t position_;
  const std::function<void(const Commit&)>& visit_;
  Commit commit_;
  std::unordered_map<std::string, std::size_t> by_path_;  ///< Index in commit_.changes.
};

/// The hash of HEAD, so that all that follows speaks of the same history; empty when there is no commit.
std::string head_of(const std::string& repository) {
  if (ask_git(repository, {"rev-parse", "--git-dir"}).exit_code != 0) {
    fail("git finds no repository that it may read in \"" + repository + "\": give the folder of one");
  }
  const Answer head = ask_git(repository, {"rev-parse", "--verify", "--quiet", "HEAD^{commit}"});
  return head.exit_code == 0 ? head.first_line : "";
}

std::int32_t count_commits(const std::string& repository, const std::string& head) {
  const Answer count = ask_git(repository, {"rev-list", "--count", "--first-parent", head});
  const auto number = number_of<std::int32_t>(count.first_line);
  if (count.exit_code != 0 || !number) fail("git cannot count the commits of " + repository);
  return *number;
}

}  // namespace

void read_history(const std::string& repository, std::int32_t from, const std::function<void(const Commit&)>& visit) {
  const std::string head = head_of(repository);
  if (head.empty()) return;
  const std::int32_t count = count_commits(repository, head);
  if (from > count) return;
  GitProcess git{repository, log_arguments(head, count - from + 1)};
  Parser{git, from, visit}.run();
  if (const int code = git.finish(); code != 0) fail("git log failed with exit code " + std::to_string(code));
}

}  // namespace git_import
