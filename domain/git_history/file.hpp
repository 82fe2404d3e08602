#pragma once
// A path of the repository, through all its lives: it may be deleted or renamed away and be added again.

#include "events.hpp"
#include "seriatim/aggregate_root.hpp"

namespace git_history {

/// How many lines a commit added and deleted; absent where git counts none.
struct LineCounts {
  std::optional<std::int64_t> added;
  std::optional<std::int64_t> deleted;
};

/// Nothing is refused: a change that contradicts what is known (a deletion of a file that was never added) has happened
/// all the same. What was recorded already is ignored; a commit changes a path at most once.
class File : public seriatim::AggregateRoot<File> {
 public:
  static constexpr std::string_view type_name = "GitHistory::File";
  using Events = seriatim::types<FileAdded, FileFound, FileModified, FileRenamed, FileDeleted>;
  static constexpr seriatim::SnapshotPolicy snapshots{.threshold = 100, .version = 1};
  struct State {
    std::string path;
    FileState state = FileState::present;
    std::int32_t last_position = 0;  ///< Of the last commit that is recorded.
  };

  using AggregateRoot::AggregateRoot;

  void add(const Change& change, const std::string& path, const std::optional<std::string>& renamed_from,
           const LineCounts& lines);
  void modify(const Change& change, const std::string& path, const LineCounts& lines);
  void rename(const Change& change, const std::string& path, const std::string& new_path);
  void remove(const Change& change, const std::string& path, std::optional<std::int64_t> lines_deleted);

  static void on(State& s, const FileAdded& e) { s = {e.path, FileState::present, e.position}; }
  static void on(State& s, const FileFound& e) { s.path = e.path; }
  static void on(State& s, const FileModified& e) { become(s, FileState::present, e); }
  static void on(State& s, const FileRenamed& e) { become(s, FileState::renamed, e); }
  static void on(State& s, const FileDeleted& e) { become(s, FileState::deleted, e); }

 private:
  static void become(State& s, FileState state, const Change& change) {
    s.state = state;
    s.last_position = change.position;
  }
  [[nodiscard]] bool recorded(const Change& change) const { return change.position <= state().last_position; }
  void find_if_new(const Change& change, const std::string& path);
};
BOOST_DESCRIBE_STRUCT(File::State, (), (path, state, last_position))

}  // namespace git_history
