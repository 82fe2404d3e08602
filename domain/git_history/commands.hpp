#pragma once
// How a repository's history is told. All of this has happened already, so commands are refused only when they make no
// sense at all; what is merely odd is recorded as it is. Told twice, it is recorded once.

#include "events.hpp"
#include "seriatim/validation.hpp"

namespace git_history {

/// The longest path that is taken, in characters; far beyond what any file system can hold.
inline constexpr std::size_t longest_path = 1'000'000;

/// What all commands tell: the commit that it happened in. See Change.
struct CommitCommand : seriatim::Command {
  std::string commit;
  std::int32_t position = 0;
  seriatim::Timestamp committed_at{};

  [[nodiscard]] Change change() const { return {commit, position, committed_at}; }
};
BOOST_DESCRIBE_STRUCT(CommitCommand, (seriatim::Command), (commit, position, committed_at))

/// What all commands to a file tell: its path, should this be the first that is heard of it.
struct FileCommand : CommitCommand {
  std::string path;
};
BOOST_DESCRIBE_STRUCT(FileCommand, (CommitCommand), (path))

struct AddFile : FileCommand {
  static constexpr std::string_view type_name = "GitHistory::Commands::AddFile";
  std::optional<std::string> renamed_from;
  std::optional<std::int64_t> lines_added;
  std::optional<std::int64_t> lines_deleted;
};
BOOST_DESCRIBE_STRUCT(AddFile, (FileCommand), (renamed_from, lines_added, lines_deleted))

struct ModifyFile : FileCommand {
  static constexpr std::string_view type_name = "GitHistory::Commands::ModifyFile";
  std::optional<std::int64_t> lines_added;
  std::optional<std::int64_t> lines_deleted;
};
BOOST_DESCRIBE_STRUCT(ModifyFile, (FileCommand), (lines_added, lines_deleted))

/// Told to the old path; AddFile with `renamed_from` tells the new one.
struct RenameFile : FileCommand {
  static constexpr std::string_view type_name = "GitHistory::Commands::RenameFile";
  std::string new_path;
};
BOOST_DESCRIBE_STRUCT(RenameFile, (FileCommand), (new_path))

struct DeleteFile : FileCommand {
  static constexpr std::string_view type_name = "GitHistory::Commands::DeleteFile";
  std::optional<std::int64_t> lines_deleted;
};
BOOST_DESCRIBE_STRUCT(DeleteFile, (FileCommand), (lines_deleted))

/// Told to the author. Name and e-mail address may be empty: git does not insist on either.
struct RecordCommit : CommitCommand {
  static constexpr std::string_view type_name = "GitHistory::Commands::RecordCommit";
  std::string name;
  std::string email;
};
BOOST_DESCRIBE_STRUCT(RecordCommit, (CommitCommand), (name, email))

inline void validate(const CommitCommand&, seriatim::Validation& v) {
  v.presence(&CommitCommand::commit);
  v.numericality(&CommitCommand::position).greater_than(0);
}

inline void validate(const FileCommand& command, seriatim::Validation& v) {
  validate(static_cast<const CommitCommand&>(command), v);
  v.length(&FileCommand::path, 1, longest_path);  // presence() would refuse the path " ", which git allows
}

}  // namespace git_history
