#pragma once
// How far a migration is: one line that redraws on a terminal, a line a second elsewhere.

#include <string>

#include "context.hpp"
#include "progress_text.hpp"

namespace seriatim::cli {

/// Prints to standard error, as JSON objects with --json, nothing with --quiet. Not thread-safe.
class Progress {
 public:
  Progress(const Context& context, std::string domain);
  /// Leaves the terminal with an empty line.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void show(const MigrationProgress& progress);

 private:
  void redraw(const std::string& text);

  const Context& context_;
  std::string domain_;
  bool terminal_;
  bool drawn_ = false;
  Pace pace_;
};

}  // namespace seriatim::cli
