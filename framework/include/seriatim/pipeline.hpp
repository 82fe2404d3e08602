#pragma once
// The command pipeline: the asynchronous way in. Many commands share a transaction, each has its own outcome.
//
//     const auto pipeline = app.pipeline();
//     std::future<seriatim::ExecutionResult> done = pipeline->submit(AddMoney{...}, boost::asio::use_future);
//     pipeline->submit(AddMoney{...}, [](std::exception_ptr error, seriatim::ExecutionResult result) { ... });
//     seriatim::ExecutionResult result = co_await pipeline->submit(AddMoney{...}, boost::asio::use_awaitable);
//
// Not part of seriatim.hpp, because it brings Boost.Asio along.

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <type_traits>
#include <utility>

#include "seriatim/command_service.hpp"

namespace seriatim {

/// What `submit` does while the pipeline holds as many commands as it may.
enum class WhenFull : std::uint8_t {
  /// The caller waits until there is room, callers in the order in which they came. A coroutine is suspended, and its
  /// thread goes on with others. Callbacks and futures have nobody to suspend, so `submit` keeps the thread.
  wait,
  fail,  ///< Completes with Error(pipeline_full).
};

/// What becomes of a command that waits alone when its lane is free.
enum class LoneCommand : std::uint8_t {
  execute,  ///< It is executed as a call of its own: statements for many cost more when there is only one.
  batch,  ///< It is a batch of one, and its aggregate is kept for the next.
};

/// How a pipeline works. The defaults suit a database on the same machine or network.
struct PipelineOptions {
  int lanes = 2;                     ///< Threads, each with a connection of its own.
  std::size_t capacity = 10'000;     ///< Commands in the lanes without an outcome; one of each caller may wait outside.
  WhenFull when_full = WhenFull::wait;
  std::size_t batch = 256;           ///< Most commands of one transaction.
  /// After handling commands for so long, a batch takes no further one and is written. Reading their aggregates does not count.
  std::chrono::microseconds batch_time{5'000};
  LoneCommand lone_command = LoneCommand::execute;
  std::size_t cache_bytes = std::size_t{64} << 20U;  ///< Roughly the memory for states of aggregates, in all lanes.
  /// For how long commands wait for a database that is unreachable before they fail with Error(connection_lost).
  std::chrono::milliseconds reconnect_for{30'000};
};

/// How a pipeline ends.
enum class PipelineStop : std::uint8_t {
  drain,   ///< Everything submitted is carried out first, also what waits for room.
  cancel,  ///< What was not begun fails with Error(pipeline_stopped).
};

namespace detail {

template <class T>
inline constexpr bool is_awaitable = false;
template <class T, class Executor>
inline constexpr bool is_awaitable<boost::asio::awaitable<T, Executor>> = true;

}  // namespace detail

/// Carries out commands in lanes. Thread-safe. Made by Application::pipeline; the application must outlive it.
///
/// A command means what it means to CommandService::execute as a call of its own: the same events, rows, receipts,
/// errors and after-commit work. What differs is how many share a transaction, and therefore:
/// - Commands of one aggregate id are carried out in the order submitted, and complete in that order. Commands of
///   different ids are independent, as calls by different threads are.
/// - Handlers, filters and middleware may run more than once for a command, as they do when a call is tried again: the
///   transaction that a command shares may fail for the sake of another, and is made again in smaller parts.
/// - Projectors run when all commands of the transaction have been handled, so middleware sees of a failing projector
///   only when the command is made again alone.
/// - Each command is answered when the transaction is committed that it belongs to, refused ones included.
/// - While the database is unreachable commands wait, and are made again; see PipelineOptions::reconnect_for.
///   A command that is in doubt completes with Error(in_doubt), unless it has an idempotency key: then the pipeline finds out,
///   and the result may say `repeated`. What shared its transaction and is certainly not stored, but would come out of its
///   order now, completes with Error(connection_lost).
///
/// Work for after the commit runs on the lane's thread; it must neither wait for a command of the same pipeline nor for room
/// in it.
class CommandPipeline {
 public:
  /// What a completion is called with: the error, or null and the result.
  using Signature = void(std::exception_ptr, ExecutionResult);
  using executor_type = boost::asio::any_io_executor;

  CommandPipeline() = default;
  CommandPipeline(const CommandPipeline&) = delete;
  CommandPipeline& operator=(const CommandPipeline&) = delete;

  /// As `stop(cancel)`; then waits until every completion on the pipeline's own executor has returned, so it must not
  /// run in one of them.
  virtual ~CommandPipeline() = default;

  /// Submits a command; any completion token of Boost.Asio. Every command is answered exactly once, by its completion's
  /// executor, which is `get_executor()` unless the completion has one of its own. Errors: those of
  /// CommandService::execute; pipeline_full; pipeline_stopped. O(1). A token that makes `submit` return an awaitable
  /// (use_awaitable, also within as_tuple and the like) has a coroutine for its caller; see WhenFull::wait for all others.
  template <class Token>
  auto submit(AnyCommand command, Token&& token) {
    using Result = decltype(boost::asio::async_initiate<Token, Signature>(Initiation<false>{this}, token, std::move(command)));
    return boost::asio::async_initiate<Token, Signature>(Initiation<detail::is_awaitable<std::decay_t<Result>>>{this}, token,
                                                         std::move(command));
  }

  /// Ends the pipeline and returns when its lanes are idle; commands submitted meanwhile or later fail with
  /// Error(pipeline_stopped). May be called more than once, and by several threads.
  virtual void stop(PipelineStop how) = 0;

  /// One thread of the pipeline's own, for completions that have no executor.
  [[nodiscard]] virtual executor_type get_executor() noexcept = 0;

 protected:
  /// Who submits a command.
  enum class Caller : std::uint8_t { thread, coroutine };
  virtual void accept(AnyCommand command, boost::asio::any_completion_handler<Signature> completion, Caller caller) = 0;

 private:
  template <bool by_coroutine>
  struct Initiation {
    CommandPipeline* pipeline;
    template <class Handler>
    void operator()(Handler handler, AnyCommand command) const {
      pipeline->accept(std::move(command), boost::asio::any_completion_handler<Signature>{std::move(handler)},
                       by_coroutine ? Caller::coroutine : Caller::thread);
    }
  };
};

}  // namespace seriatim
