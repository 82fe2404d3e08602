#include "pipeline/batch_attempt.hpp"

#include <utility>

#include "core/publisher.hpp"
#include "store/postgres/batch_append.hpp"
#include "store/postgres/lease.hpp"
#include "store/postgres/postgres_transaction.hpp"

namespace seriatim::pipeline {
namespace {

/// Whether others were in the way, or the database: the same command may fare better, or is to be told more exactly.
bool passes(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const Error& error) {
    return error.retryable() || error.in_doubt();
  } catch (...) {
    return false;
  }
}

void throw_if_lost(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::connection_lost) throw;
  } catch (...) {
    return;
  }
}

}  // namespace

std::size_t BatchAttempt::handle(std::span<Submission> commands) {
  using Steady = std::chrono::steady_clock;
  context_.state.start();
  active_ = context_.executor.active_views();
  if (commands.empty() || commands.front().alone()) return 0;
  load(commands);
  members_.reserve(commands.size());
  // Not from before: when many wait, because the database was slow, reading for them takes longer than that. What was read is
  // for all of them.
  const Steady::time_point end = Steady::now() + context_.time;
  for (Submission& command : commands) {
    if (command.alone() || (!members_.empty() && Steady::now() >= end)) break;
    Member member;
    const Misfit misfit = handle(command, member);
    if (misfit == Misfit::alone || (misfit == Misfit::next_batch && members_.empty())) command.set_alone();
    if (misfit != Misfit::none) break;
    members_.push_back(std::move(member));
  }
  return members_.size();
}

void BatchAttempt::load(std::span<Submission> commands) {
  std::vector<AggregateId> ids;
  ids.reserve(commands.size());
  for (const Submission& command : commands) {
    if (!command.id().is_nil()) ids.push_back(command.id());
  }
  context_.state.load(ids);
}

Misfit BatchAttempt::handle(Submission& command, Member& member) {
  std::vector<core::AppliedEvent> events;
  const std::size_t before = context_.state.write().commands.size();
  (void)context_.state.take_misfit();
  try {
    core::CommandCall call{context_.calls, *active_, nullptr, &events};
    member.outcome.result = call.run(command.request());
    member.after_commit = call.take_after_commit();
  } catch (...) {
    member.outcome.error = std::current_exception();
  }
  if (const Misfit misfit = context_.state.take_misfit(); misfit != Misfit::none) return misfit;
  if (member.outcome.error != nullptr) return refused(command, member, !events.empty());
  member.stores = context_.state.write().commands.size() != before || command.request().has_keys();
  std::move(events.begin(), events.end(), std::back_inserter(events_));
  return Misfit::none;
}

/// A refusal stands when `execute` could have come to no other. Where a projector might have failed before, a receipt might
/// know the command, or another attempt might succeed, it is for `execute` to say.
Misfit BatchAttempt::refused(const Submission& command, Member& member, bool had_events) const {
  throw_if_lost(member.outcome.error);
  if (had_events || command.request().has_keys() || passes(member.outcome.error)) return Misfit::alone;
  member.outcome.result = {};
  return Misfit::none;
}

void BatchAttempt::check_reads() {
  postgres::PostgresStore& store = context_.state.store();
  store::BatchWrite reads;
  reads.read = context_.state.write().read;
  reads.editions = context_.state.write().editions;
  if (reads.read.empty()) return;
  const postgres::Loan connection{store.pool()};
  context_.state.move_to(connection->server());
  connection->execute(postgres::BatchAppend{store, *connection, reads}.require_versions());
}

void BatchAttempt::write() {
  const store::BatchWrite& write = context_.state.write();
  postgres::PostgresStore& store = context_.state.store();
  if (write.empty()) return check_reads();
  const auto transaction = store.begin_batch(active_->versions());
  context_.state.move_to(transaction->connection().server());
  transaction->append(write, projectors_in_turns());
  core::publish(store.registry(), *active_, events_, *transaction);
  transaction->finish(write);
}

/// Those that keep rows that several aggregates share.
std::set<std::string_view> BatchAttempt::projectors_in_turns() const {
  const core::Registry& registry = context_.state.registry();
  std::set<std::string_view> names;
  for (const core::AppliedEvent& event : events_) {
    for (const core::Subscription& subscription : registry.events()[event.type].projectors) {
      const ProjectorType& projector = *registry.projectors()[subscription.projector].type;
      if (projector.ordering == Ordering::global) names.insert(projector.name);
    }
  }
  return names;
}

Outcome BatchAttempt::finish(std::size_t i) {
  Member& member = members_[i];
  if (member.outcome.error == nullptr) {
    core::run_after_commit(context_.executor, std::move(member.after_commit), member.outcome.result);
  }
  return std::move(member.outcome);
}

}  // namespace seriatim::pipeline
