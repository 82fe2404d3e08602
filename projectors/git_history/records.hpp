#pragma once
// The rows of the git history's views.

#include "../../domain/git_history/events.hpp"
#include "seriatim/views.hpp"

namespace git_history {

/// One row a path: how much it changed.
struct FileChurn {
  static constexpr std::string_view table = "file_churn";
  seriatim::Uuid aggregate_id{};
  std::string path;
  std::int64_t commits = 0;        ///< In which the path was changed in any way.
  std::int64_t lines_added = 0;    ///< Binary files count as none.
  std::int64_t lines_deleted = 0;  ///< A rename counts at the new path.
  FileState state = FileState::present;
  seriatim::Timestamp last_changed_at{};
};
BOOST_DESCRIBE_STRUCT(FileChurn, (), (aggregate_id, path, commits, lines_added, lines_deleted, state, last_changed_at))

/// One row an author and day (in UTC) with commits.
struct AuthorDay {
  static constexpr std::string_view table = "author_days";
  seriatim::Uuid aggregate_id{};
  std::string author;  ///< The name in the day's last commit, or the e-mail address where there is none.
  seriatim::Date day{};
  std::int64_t commits = 0;
};
BOOST_DESCRIBE_STRUCT(AuthorDay, (), (aggregate_id, author, day, commits))

}  // namespace git_history
