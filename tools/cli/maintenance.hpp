#pragma once
// The subcommands of `seriatim maintenance`, each in a file of its topic. To add one: declare it here, and call it in
// maintenance_command.cpp.

#include "command_groups.hpp"

namespace seriatim::cli {

void add_delete_streams(CLI::App& group, Action& action);
void add_delete_commands(CLI::App& group, Action& action);
void add_unique_keys(CLI::App& group, Action& action);
void add_partition_keys(CLI::App& group, Action& action);
void add_receipts(CLI::App& group, Action& action);
void add_kept_views(CLI::App& group, Action& action);

}  // namespace seriatim::cli
