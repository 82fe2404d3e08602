#pragma once
// The project that a generator works in: a folder as `seriatim new` makes it.

#include <filesystem>
#include <string>

#include "generate/names.hpp"

namespace seriatim::cli::generate {

struct Project {
  std::filesystem::path root;
  Name context;          ///< What SERIATIM_PLUGIN names: the namespace and the beginning of stored names.
  std::string variable;  ///< What SERIATIM_PLUGIN calls the domain.
};

/// The project of that folder, or of the nearest one above it: where domain/plugin.cpp is. Error(usage) when there is none, or
/// it registers no plugin.
[[nodiscard]] Project find_project(const std::filesystem::path& folder);

/// Error(usage) when a source below domain/ or projectors/ declares a type of that name, which is named.
void require_new_type(const Project& project, const std::string& type);

/// Error(usage) unless the project has that aggregate, in the files that `generate aggregate` makes.
void require_aggregate(const Project& project, const Name& aggregate);

}  // namespace seriatim::cli::generate
