#pragma once
// The groups of commands. Each adds its part of the command line to `app`; parsing stores what was chosen in `action`.

#include <CLI/CLI.hpp>
#include <cstdint>
#include <span>
#include <string>

#include "context.hpp"

namespace seriatim::cli {

void add_local_command(CLI::App& app, Action& action);
void add_db_command(CLI::App& app, Action& action);
void add_execute_command(CLI::App& app, Action& action);
void add_dry_run_command(CLI::App& app, Action& action);
void add_events_command(CLI::App& app, Action& action);
void add_aggregate_command(CLI::App& app, Action& action);
void add_audit_command(CLI::App& app, Action& action);
void add_maintenance_command(CLI::App& app, Action& action);
void add_migrate_command(CLI::App& app, Action& action);
void add_replay_command(CLI::App& app, Action& action);
void add_snapshots_command(CLI::App& app, Action& action);
void add_projectors_command(CLI::App& app, Action& action);
void add_plugin_command(CLI::App& app, Action& action);
void add_new_command(CLI::App& app, Action& action);
void add_generate_command(CLI::App& app, Action& action);

/// A subcommand, with the hint where the options of all commands are explained.
CLI::App* add_command(CLI::App& app, const std::string& name, const std::string& description);

/// Refuses empty values of all options and arguments of the command and its subcommands, which must be there by then.
/// What is not given has a meaning, mostly "all"; `--domain "$NAME"` without such a variable must not get it.
void refuse_empty_values(CLI::App& app);

/// Refuses `--type=`, for which the parser would take the next argument for the value. To be called before it.
void refuse_empty_assignments(std::span<char*> arguments);

/// A command that only groups others: chosen alone, it sets no action.
CLI::App* add_group(CLI::App& app, const std::string& name, const std::string& description);

/// These refuse an argument while the command line is parsed, with a sentence.
[[nodiscard]] CLI::Validator is_uuid();
[[nodiscard]] CLI::Validator is_timestamp();

/// These refuse as well, and rewrite a decimal number as the parser understands it: they are for `transform`.
[[nodiscard]] CLI::Validator at_least(std::int64_t minimum);
[[nodiscard]] CLI::Validator between(std::int64_t minimum, std::int64_t maximum);
/// Bytes, with a unit or without: "1MiB".
[[nodiscard]] CLI::Validator is_size();

}  // namespace seriatim::cli
