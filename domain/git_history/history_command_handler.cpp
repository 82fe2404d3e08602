#include "history_command_handler.hpp"

#include "author.hpp"
#include "file.hpp"

namespace git_history {
namespace {

/// Nobody creates a file or an author: they are there as soon as something is told about them.
template <class T>
T& find_or_add(const CommitCommand& command, seriatim::Repository& repository) {
  T* known = repository.find<T>(command.aggregate_id);
  return known != nullptr ? *known : repository.add<T>(command.aggregate_id);
}

}  // namespace

void HistoryCommandHandler::handle(const AddFile& command, seriatim::Repository& repository) const {
  find_or_add<File>(command, repository)
      .add(command.change(), command.path, command.renamed_from, {command.lines_added, command.lines_deleted});
}

void HistoryCommandHandler::handle(const ModifyFile& command, seriatim::Repository& repository) const {
  find_or_add<File>(command, repository)
      .modify(command.change(), command.path, {command.lines_added, command.lines_deleted});
}

void HistoryCommandHandler::handle(const RenameFile& command, seriatim::Repository& repository) const {
  find_or_add<File>(command, repository).rename(command.change(), command.path, command.new_path);
}

void HistoryCommandHandler::handle(const DeleteFile& command, seriatim::Repository& repository) const {
  find_or_add<File>(command, repository).remove(command.change(), command.path, command.lines_deleted);
}

void HistoryCommandHandler::handle(const RecordCommit& command, seriatim::Repository& repository) const {
  find_or_add<Author>(command, repository).record(command.change(), command.name, command.email);
}

}  // namespace git_history
