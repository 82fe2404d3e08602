#pragma once
// What the program's exit code says. The numbers are part of its interface: scripts rely on them.

#include "seriatim/errors.hpp"

namespace seriatim::cli {

enum class ExitCode : int {
  done = 0,
  failed = 1,
  usage = 2,        ///< Bad arguments, configuration or input lines.
  refused = 3,      ///< A command was refused, because it is invalid or by the domain.
  conflict = 4,     ///< Somebody else was first: another writer, another migration.
  yes = 5,          ///< The answer of `migrate pending` and `migrate running`.
  plugin = 6,       ///< A plugin was rejected.
  unreachable = 7,  ///< The database cannot be reached.
};

[[nodiscard]] ExitCode exit_code(const Error& error) noexcept;

/// The table for --help.
[[nodiscard]] const char* exit_code_help() noexcept;

}  // namespace seriatim::cli
