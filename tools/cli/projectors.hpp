#pragma once
// The subcommands of `seriatim projectors` that have files of their own.

#include "command_groups.hpp"

namespace seriatim::cli {

void add_projectors_status(CLI::App& group, Action& action);
void add_projectors_deactivate(CLI::App& group, Action& action);

}  // namespace seriatim::cli
