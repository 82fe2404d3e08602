#pragma once
// How an application carries out commands: what looks at them before and around their handlers, and what is tried again.
//
//     seriatim::Execution execution;
//     execution.filters.push_back([](seriatim::AnyCommand& c) { require_permission(c); });
//     execution.middleware.push_back([](const seriatim::AnyCommand& c, const std::function<void()>& next) {
//       const Timer timer{c.type().name};
//       next();
//     });
//     execution.retry.attempts = 5;
//     seriatim::Application app{options, {wallet::domain()}, std::move(execution)};

#include <chrono>
#include <functional>
#include <vector>

#include "seriatim/command_service.hpp"

namespace seriatim {

/// Looks at a command before anything else is done with it, validation included, and throws to refuse it. It may change
/// the command, to say who asks for example. Called by all threads that execute commands, at once.
using CommandFilter = std::function<void(AnyCommand& command)>;

/// Wraps one command: validation, handlers, storing its events and publishing them to projectors all happen in `next`,
/// which throws what they throw, and is to be called at most once. Without a call of it the command does nothing. What it
/// threw fails the call, also when middleware catches it; throwing something else in its place is fine.
///
/// What the database has against a command may be known only when the transaction commits, after all middleware has
/// returned. Called by all threads that execute commands, at once.
using CommandMiddleware = std::function<void(const AnyCommand& command, const std::function<void()>& next)>;

/// What is tried again: calls that lost against another writer (optimistic_locking) or that the database gave up
/// (transient: serialization failure, deadlock, lock time-out). The transaction is rolled back, and the whole call runs
/// again, filters and middleware included, on aggregates that are loaded again. Never tried again: what the domain or
/// validation refused, a sequence number that the command itself expected (SequenceNumberMismatch), a lost connection,
/// and whatever is in doubt.
///
/// Before the n-th repetition the call waits for a random part of `first_pause` * 2^(n-1), at most of `longest_pause`.
struct RetryPolicy {
  int attempts = 1;  ///< In all; with 1, nothing is tried again.
  std::chrono::microseconds first_pause{2'000};
  std::chrono::microseconds longest_pause{250'000};
  /// A random number from 0 to 1, drawn by any number of threads at once; empty: a random engine for each thread.
  std::function<double()> jitter;
  /// Waits, on any number of threads at once; empty: the thread sleeps.
  std::function<void(std::chrono::microseconds)> wait;
};

/// Given to an Application when it is made, and constant after that.
struct Execution {
  std::vector<CommandFilter> filters;         ///< In this order, for every command, also those that handlers issue.
  std::vector<CommandMiddleware> middleware;  ///< The first is the outermost; also for commands that handlers issue.
  RetryPolicy retry;
};

}  // namespace seriatim
