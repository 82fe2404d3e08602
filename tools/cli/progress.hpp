#pragma once
// How far long work is: one line that redraws on a terminal, a line a second elsewhere.

#include <string>

#include "context.hpp"
#include "progress_text.hpp"

namespace seriatim::cli {

/// Prints to standard error, as JSON objects with --json, nothing with --quiet. Not thread-safe.
class Progress {
 public:
  /// `subject` is what the lines begin with, the domain of a migration; `unit` is what is counted.
  Progress(const Context& context, std::string subject, std::string unit = "events");
  /// Leaves the terminal with an empty line.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void show(const MigrationProgress& progress);

  /// For other work: what it is at, and how far in both forms.
  void show(const std::string& phase, const std::string& text, const std::string& json);

 private:
  void redraw(const std::string& text);

  const Context& context_;
  std::string domain_;
  std::string unit_;
  bool terminal_;
  bool drawn_ = false;
  Pace pace_;
};

}  // namespace seriatim::cli
