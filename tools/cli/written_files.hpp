#pragma once
// What the generators tell about the files that they write.

#include <string>

#include "context.hpp"
#include "generate/file_changes.hpp"

namespace seriatim::cli {

/// Writes the changes, unless it is only asked what they would be, and prints them: a line for each file, or all their texts
/// in a dry run. `prefix` stands in front of their paths.
void write_and_print(const Context& context, const generate::FileChanges& changes, const std::string& prefix, bool dry_run);

}  // namespace seriatim::cli
