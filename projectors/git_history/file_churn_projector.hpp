#pragma once
// Keeps one row a path: in how many commits it changed, by how many lines, and what has become of it.

#include "records.hpp"
#include "seriatim/projector.hpp"

namespace git_history {

struct FileChurnProjector {
  static constexpr std::string_view type_name = "FileChurnProjector";
  using Manages = seriatim::records<FileChurn>;
  using Events = seriatim::types<FileAdded, FileFound, FileModified, FileRenamed, FileDeleted>;

  void on(const seriatim::Event<FileAdded>& e, seriatim::Views& views) const;
  void on(const seriatim::Event<FileFound>& e, seriatim::Views& views) const;
  void on(const seriatim::Event<FileModified>& e, seriatim::Views& views) const;
  void on(const seriatim::Event<FileRenamed>& e, seriatim::Views& views) const;
  void on(const seriatim::Event<FileDeleted>& e, seriatim::Views& views) const;
};

}  // namespace git_history
