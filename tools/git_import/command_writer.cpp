#include "command_writer.hpp"

#include <algorithm>
#include <chrono>

#include "git_history/commands.hpp"
#include "seriatim/json.hpp"
#include "text.hpp"

namespace git_import {
namespace {

using seriatim::Timestamp;

/// Times that the calendar of the store does not have (years 1 to 9999) become the nearest one that it has.
Timestamp timestamp_of(std::int64_t seconds) {
  constexpr std::int64_t first = -62135596800;  // 0001-01-01T00:00:00Z
  constexpr std::int64_t last = 253402300799;   // 9999-12-31T23:59:59Z
  return Timestamp{std::chrono::seconds{std::clamp(seconds, first, last)}};
}

/// Only what the command tells: who asks, and when and why, is for the program that executes it to say.
template <class C>
void append_line(std::string& out, const C& command) {
  constexpr auto shared = seriatim::attributes::type_of<seriatim::Command>.members.size();
  const auto members = seriatim::attributes::type_of<C>.members.subspan(shared);
  std::string json;
  seriatim::attributes::write_json_members(json, members, &command);
  out.append(R"({"type":")").append(C::type_name).append(R"(","aggregate_id":")");
  seriatim::append_uuid(out, command.aggregate_id);
  out.append(R"(",)").append(json, 1).push_back('\n');
}

/// A command with what all commands of the commit have in common.
template <class C>
C command_of(const Commit& commit, const seriatim::Uuid& aggregate_id) {
  C command;
  command.aggregate_id = aggregate_id;
  command.commit = commit.hash;
  command.position = commit.position;
  command.committed_at = timestamp_of(commit.time);
  return command;
}

template <class C>
C file_command(const Commit& commit, const std::string& path) {
  C command = command_of<C>(commit, file_id(path));
  command.path = path;
  return command;
}

void append_rename(std::string& out, const Commit& commit, const FileChange& change) {
  auto command = file_command<git_history::RenameFile>(commit, text_of(change.old_path));
  command.new_path = text_of(change.path);
  append_line(out, command);
}

void append_addition(std::string& out, const Commit& commit, const FileChange& change) {
  auto command = file_command<git_history::AddFile>(commit, text_of(change.path));
  if (change.status == 'R') command.renamed_from = text_of(change.old_path);
  command.lines_added = change.lines_added;
  command.lines_deleted = change.lines_deleted;
  append_line(out, command);
}

void append_change(std::string& out, const Commit& commit, const FileChange& change) {
  if (change.status == 'R') append_rename(out, commit, change);
  if (change.status == 'R' || change.status == 'A' || change.status == 'C') {
    append_addition(out, commit, change);
  } else if (change.status == 'D') {
    auto command = file_command<git_history::DeleteFile>(commit, text_of(change.path));
    command.lines_deleted = change.lines_deleted;
    append_line(out, command);
  } else {  // contents, modes, a file that became a link
    auto command = file_command<git_history::ModifyFile>(commit, text_of(change.path));
    command.lines_added = change.lines_added;
    command.lines_deleted = change.lines_deleted;
    append_line(out, command);
  }
}

}  // namespace

void append_commands(std::string& out, const Commit& commit) {
  const std::string name = text_of(commit.author);
  const std::string email = text_of(commit.email);
  auto command = command_of<git_history::RecordCommit>(commit, author_id(email, name));
  command.name = name;
  command.email = email;
  append_line(out, command);
  for (const FileChange& change : commit.changes) append_change(out, commit, change);
}

}  // namespace git_import
