#pragma once
// Commits as commands of the domain git_history, in the JSON form that `seriatim execute` reads.

#include <string>

#include "history_reader.hpp"

namespace git_import {

/// Appends the commands of one commit, a line each: who made it, then what it did to each file. Two for a rename, one
/// to each path.
void append_commands(std::string& out, const Commit& commit);

}  // namespace git_import
