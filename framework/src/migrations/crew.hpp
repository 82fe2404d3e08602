#pragma once
// Threads that work on one thing together: the first failure stops all of them, and whoever waits can stop them, too.

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <vector>

#include "store/postgres/connection.hpp"

namespace seriatim::migrations {

/// Runs one function on several threads. Meanwhile the calling thread looks after them: several times a second it calls
/// `watch`, which reports progress and may throw to stop all.
///
/// Stopping means that `stopping()` is true and that the statements which registered connections are busy with (a
/// COPY, an index) are cancelled at the server. One `run` at a time.
class Crew {
 public:
  explicit Crew(std::function<void()> watch) : watch_{std::move(watch)} {}
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  /// Calls `work(0)` to `work(workers - 1)`, each on a thread of its own, and returns when all have ended. Throws the
  /// error that came first, of a worker's or of `watch`; what failed after it, because of it, is not told.
  void run(std::size_t workers, const std::function<void(std::size_t)>& work);

  /// Whether workers should end. To be called by them; thread-safe.
  [[nodiscard]] bool stopping();

  /// While it exists, its connection's statements are cancelled when the crew stops. Made and ended by a worker, before
  /// and after which the connection is alive.
  class Cancellable {
   public:
    Cancellable(Crew& crew, postgres::Connection& connection);
    ~Cancellable();
    Cancellable(const Cancellable&) = delete;
    Cancellable& operator=(const Cancellable&) = delete;

   private:
    Crew& crew_;
    postgres::Connection& connection_;
  };

 private:
  void stop(std::exception_ptr error);
  void look_after();
  void cancel_statements();

  std::function<void()> watch_;
  std::mutex mutex_;  ///< Guards all below.
  std::condition_variable ended_;
  std::size_t running_ = 0;
  bool stopping_ = false;
  std::exception_ptr first_error_;
  std::vector<postgres::Connection*> connections_;
};

}  // namespace seriatim::migrations
