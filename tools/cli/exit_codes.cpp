#include "exit_codes.hpp"

namespace seriatim::cli {

ExitCode exit_code(const Error& error) noexcept {
  switch (error.code()) {
    case ErrorCode::usage:
    case ErrorCode::configuration:
      return ExitCode::usage;
    case ErrorCode::command_not_valid:
    case ErrorCode::unknown_command:
    case ErrorCode::domain:
    case ErrorCode::aggregate_not_found:
    case ErrorCode::aggregate_type:
    case ErrorCode::non_unique_aggregate:
    case ErrorCode::aggregate_key_not_unique:
    case ErrorCode::not_found:
    case ErrorCode::idempotency_key_reused:
      return ExitCode::refused;
    case ErrorCode::optimistic_locking:
    case ErrorCode::transient:
    case ErrorCode::concurrent_migration:
      return ExitCode::conflict;
    case ErrorCode::plugin:
    case ErrorCode::domain_mismatch:
      return ExitCode::plugin;
    case ErrorCode::connection_lost:
      return ExitCode::unreachable;
    case ErrorCode::serialization:
    case ErrorCode::deserialization:  // Of something stored: what is wrong with an input line never gets here.
    case ErrorCode::integrity:
    case ErrorCode::not_managed:
    case ErrorCode::record_not_found:
    case ErrorCode::publish:
    case ErrorCode::projector_migrating:
    case ErrorCode::migration_not_started:
    case ErrorCode::migration:
    case ErrorCode::store_not_installed:
    case ErrorCode::database:
    case ErrorCode::in_doubt:
    case ErrorCode::workflow_depth:
    case ErrorCode::store_not_adopted:
    case ErrorCode::pipeline_full:
    case ErrorCode::pipeline_stopped:
      break;
  }
  return ExitCode::failed;
}

const char* exit_code_help() noexcept {
  return "Exit codes:\n"
         "  0  done\n"
         "  1  failed\n"
         "  2  usage: bad arguments, configuration or input lines\n"
         "  3  a command was refused: invalid, unknown, or against the rules of the domain\n"
         "  4  conflict: another writer or another migration was first, or aggregates share a key\n"
         "  5  yes, to the questions `migrate pending` and `migrate running`\n"
         "  6  a plugin was rejected, or does not fit what is stored\n"
         "  7  the database cannot be reached";
}

}  // namespace seriatim::cli
