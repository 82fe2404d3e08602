#include "core/dry_run.hpp"

#include "core/dry_run_recorder.hpp"

namespace seriatim::core {
namespace {

/// Errors that say nothing about the commands.
bool concerns_the_database(ErrorCode code) {
  return code == ErrorCode::connection_lost || code == ErrorCode::database || code == ErrorCode::transient ||
         code == ErrorCode::projector_migrating || code == ErrorCode::store_not_installed;
}

}  // namespace

DryRunResult ExecutorDryRun::execute(std::vector<AnyCommand> commands) {
  DryRunRecorder recorder{registry_};
  DryRunResult result;
  try {
    result.events = executor_.rehearse(commands, {streams_, recorder}).events;
  } catch (const Error& error) {
    if (concerns_the_database(error.code())) throw;
    result.error = std::current_exception();
  } catch (const std::exception&) {
    result.error = std::current_exception();
  }
  result.commands = recorder.take(result.error != nullptr);
  return result;
}

}  // namespace seriatim::core

namespace seriatim {

const char* to_string(DryRunOutcome outcome) noexcept {
  switch (outcome) {
    case DryRunOutcome::done: return "done";
    case DryRunOutcome::unhandled: return "unhandled";
    case DryRunOutcome::refused: return "refused";
    case DryRunOutcome::not_reached: return "not_reached";
  }
  return "unknown";
}

}  // namespace seriatim
