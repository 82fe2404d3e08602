#pragma once
// What `seriatim new` and `seriatim generate` write. Each function collects all changes and writes none; what is refused is
// Error(usage).

#include <filesystem>
#include <string>
#include <vector>

#include "generate/attribute.hpp"
#include "generate/file_changes.hpp"
#include "generate/names.hpp"
#include "generate/project.hpp"

namespace seriatim::cli::generate {

/// A project with a first aggregate, in that folder.
[[nodiscard]] FileChanges new_project(const Name& name, const std::filesystem::path& folder);

/// An aggregate, the command and the event that create it, its handler, and their tests.
[[nodiscard]] FileChanges new_aggregate(const Project& project, const Name& aggregate,
                                        const std::vector<Attribute>& attributes);

/// A command of an aggregate that is there: its struct and validation, the handler's overload, a test.
[[nodiscard]] FileChanges new_command(const Project& project, const Name& aggregate, const Name& command,
                                      const std::vector<Attribute>& attributes);

/// An event of an aggregate that is there: its struct, its place in the aggregate's list, the fold, a test.
[[nodiscard]] FileChanges new_event(const Project& project, const Name& aggregate, const Name& event,
                                    const std::vector<Attribute>& attributes);

}  // namespace seriatim::cli::generate
