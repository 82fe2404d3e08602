#include "core/command_executor.hpp"

#include <utility>

#include "core/command_decoder.hpp"
#include "core/dry_run_recorder.hpp"

namespace seriatim::core {
namespace {

bool is_in_doubt(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const Error& error) {
    return error.in_doubt();
  } catch (...) {
    return false;
  }
}

}  // namespace

CommandExecutor::CommandExecutor(const Registry& registry, store::EventStore& store, const Clock& clock,
                                 UnknownCommands unknown, int max_workflow_depth, int secret_cost, Execution execution)
    : context_{*this, registry, store, clock, unknown, max_workflow_depth, secret_cost, std::move(execution)} {}

ExecutionResult CommandExecutor::execute(std::vector<AnyCommand> commands, std::vector<SqlStatement> statements) {
  if (CommandCall* call = CommandCall::of(*this)) {
    call->enqueue(std::move(commands), statements);
    return {};
  }
  return carry_out(CommandRequest{std::move(commands), std::move(statements)}, context_);
}

ExecutionResult CommandExecutor::carry_out(const CommandRequest& request, const CallContext& calls) {
  Retries retries{context_.execution.retry};
  bool anew = false;
  for (;;) {
    const Active active = active_views();
    Attempt attempt = try_to_run(request, calls, *active, anew);
    if (attempt.failure == nullptr) {
      run_after_commit(*this, std::move(attempt.after_commit), attempt.result);
      return std::move(attempt.result);
    }
    const std::exception_ptr failure = attempt.failure;
    if (attempt.relied_on_kept && !is_in_doubt(failure)) {
      anew = true;  // An old state may be to blame: only what is stored says whether this fails.
      continue;
    }
    if (std::optional<ExecutionResult> first = first_outcome(request, failure)) return *std::move(first);
    if (!try_again(failure, active, retries)) std::rethrow_exception(failure);
  }
}

CommandExecutor::Attempt CommandExecutor::try_to_run(const CommandRequest& request, const CallContext& calls,
                                                     const views::ActiveViews& active, bool anew) {
  Attempt attempt;
  CommandCall call{calls, active, nullptr, nullptr, anew};
  try {
    attempt.result = call.run(request);
    attempt.after_commit = call.take_after_commit();
  } catch (...) {
    attempt.failure = std::current_exception();
    attempt.relied_on_kept = call.relied_on_kept();
  }
  return attempt;
}

ExecutionResult CommandExecutor::rehearse(const std::vector<AnyCommand>& commands, const DryRunPart& dry_run) {
  const CommandRequest request{commands, {}};
  const RetryPolicy once;
  Retries retries{once};
  for (;;) {
    const Active active = active_views();
    dry_run.recorder = DryRunRecorder{context_.registry};  // Of this attempt alone.
    std::exception_ptr failure;
    try {
      return CommandCall{context_, *active, &dry_run}.run(request);
    } catch (...) {
      failure = std::current_exception();
    }
    if (!try_again(failure, active, retries)) std::rethrow_exception(failure);
  }
}

/// A request that was carried out before may fail now for that very reason: a balance is spent, an id taken.
std::optional<ExecutionResult> CommandExecutor::first_outcome(const CommandRequest& request,
                                                              const std::exception_ptr& failure) const {
  try {
    return request.first_outcome([this](const std::vector<std::string>& keys, const std::string& text) {
      return context_.store.find_receipts(keys, text);
    });
  } catch (const Error& error) {
    if (error.code() == ErrorCode::serialization) return std::nullopt;  // What cannot be written was never stored.
    // Without an answer the refusal cannot be trusted; only that the outcome is in doubt stays as true as it was.
    if (error.code() != ErrorCode::idempotency_key_reused && is_in_doubt(failure)) std::rethrow_exception(failure);
    throw;
  }
}

bool CommandExecutor::try_again(const std::exception_ptr& failure, const Active& met, Retries& retries) {
  try {
    std::rethrow_exception(failure);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::projector_migrating) return retries.again(error);
    return has_newer_views(met) && retries.after_switch();
  } catch (...) {
    return false;
  }
}

bool CommandExecutor::has_newer_views(const Active& met) {
  refresh_active_views(met);
  return active_views()->versions() != met->versions();
}

AnyCommand CommandExecutor::decode(std::string_view json) const { return decode_command(context_.registry, json); }

CommandExecutor::Active CommandExecutor::read_active_views() const {
  return std::make_shared<const views::ActiveViews>(context_.registry, context_.store.view_versions());
}

CommandExecutor::Active CommandExecutor::active_views() {
  const std::scoped_lock lock{mutex_};
  if (!active_) active_ = read_active_views();
  return active_;
}

void CommandExecutor::refresh_active_views(const Active& stale) {
  const std::scoped_lock lock{mutex_};
  if (active_ != stale) return;
  active_ = read_active_views();
}

}  // namespace seriatim::core
