#pragma once
// What happened to files and by whom, as a repository's history tells it. The names and members are stored: they never
// change. A line count is absent where git counts no lines, which is in binary files.

#include "seriatim/message.hpp"

namespace git_history {

/// The commit that brought an event about.
struct Change {
  std::string commit;         ///< Its hash.
  std::int32_t position = 0;  ///< Its number, from 1, in first-parent order.
  seriatim::Timestamp committed_at{};
};
BOOST_DESCRIBE_STRUCT(Change, (), (commit, position, committed_at))

/// What has become of a path.
enum class FileState : std::uint8_t { present, renamed, deleted };
BOOST_DESCRIBE_ENUM(FileState, present, renamed, deleted)

struct FileAdded : Change {
  static constexpr std::string_view type_name = "GitHistory::Events::FileAdded";
  std::string path;
  std::optional<std::string> renamed_from;  ///< The path that the content came from.
  std::optional<std::int64_t> lines_added;
  std::optional<std::int64_t> lines_deleted;  ///< Of the content that came from the old path.
};
BOOST_DESCRIBE_STRUCT(FileAdded, (Change), (path, renamed_from, lines_added, lines_deleted))

/// A file showed up other than by being added: the history that was told begins later than the file.
struct FileFound : Change {
  static constexpr std::string_view type_name = "GitHistory::Events::FileFound";
  std::string path;
};
BOOST_DESCRIBE_STRUCT(FileFound, (Change), (path))

struct FileModified : Change {
  static constexpr std::string_view type_name = "GitHistory::Events::FileModified";
  std::optional<std::int64_t> lines_added;
  std::optional<std::int64_t> lines_deleted;
};
BOOST_DESCRIBE_STRUCT(FileModified, (Change), (lines_added, lines_deleted))

/// The content went on under another path, whose own events begin with FileAdded.
struct FileRenamed : Change {
  static constexpr std::string_view type_name = "GitHistory::Events::FileRenamed";
  std::string new_path;
};
BOOST_DESCRIBE_STRUCT(FileRenamed, (Change), (new_path))

struct FileDeleted : Change {
  static constexpr std::string_view type_name = "GitHistory::Events::FileDeleted";
  std::optional<std::int64_t> lines_deleted;
};
BOOST_DESCRIBE_STRUCT(FileDeleted, (Change), (lines_deleted))

struct CommitRecorded : Change {
  static constexpr std::string_view type_name = "GitHistory::Events::CommitRecorded";
  std::string name;  ///< The author's, as this commit spells it.
  std::string email;
};
BOOST_DESCRIBE_STRUCT(CommitRecorded, (Change), (name, email))

}  // namespace git_history
