#include "file.hpp"

namespace git_history {

void File::add(const Change& change, const std::string& path, const std::optional<std::string>& renamed_from,
               const LineCounts& lines) {
  if (recorded(change)) return;
  apply(FileAdded{change, path, renamed_from, lines.added, lines.deleted});
}

void File::modify(const Change& change, const std::string& path, const LineCounts& lines) {
  if (recorded(change)) return;
  find_if_new(change, path);
  apply(FileModified{change, lines.added, lines.deleted});
}

void File::rename(const Change& change, const std::string& path, const std::string& new_path) {
  if (recorded(change)) return;
  find_if_new(change, path);
  apply(FileRenamed{change, new_path});
}

void File::remove(const Change& change, const std::string& path, std::optional<std::int64_t> lines_deleted) {
  if (recorded(change)) return;
  find_if_new(change, path);
  apply(FileDeleted{change, lines_deleted});
}

void File::find_if_new(const Change& change, const std::string& path) {
  if (sequence_number() == 0) apply(FileFound{change, path});
}

}  // namespace git_history
