#pragma once
// Takes what is told about a history to the file or author that it is about, one of them a command.

#include "commands.hpp"
#include "seriatim/repository.hpp"
#include "seriatim/types.hpp"

namespace git_history {

struct HistoryCommandHandler {
  using Commands = seriatim::types<AddFile, ModifyFile, RenameFile, DeleteFile, RecordCommit>;

  void handle(const AddFile& command, seriatim::Repository& repository) const;
  void handle(const ModifyFile& command, seriatim::Repository& repository) const;
  void handle(const RenameFile& command, seriatim::Repository& repository) const;
  void handle(const DeleteFile& command, seriatim::Repository& repository) const;
  void handle(const RecordCommit& command, seriatim::Repository& repository) const;
};

}  // namespace git_history
