#pragma once
// Threads that work on one thing together: the first failure stops all of them, and whoever waits can stop them, too.

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

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

  /// While it exists, its connection's statements are cancelled when the crew stops, by `connection.cancel()`, from
  /// another thread. The connection must outlive it.
  class Cancellable {
   public:
    template <class C>
    Cancellable(Crew& crew, C& connection) : Cancellable{crew, std::function<void()>{[&] { connection.cancel(); }}} {}
    ~Cancellable();
    Cancellable(const Cancellable&) = delete;
    Cancellable& operator=(const Cancellable&) = delete;

   private:
    friend class Crew;
    Cancellable(Crew& crew, std::function<void()> cancel);

    Crew& crew_;
    std::function<void()> cancel_;
  };

 private:
  void stop(std::exception_ptr error);
  void look_after();
  void cancel_until_all_have_ended(std::unique_lock<std::mutex>& lock);

  std::function<void()> watch_;
  std::mutex mutex_;  ///< Guards all below.
  std::condition_variable ended_;
  std::size_t running_ = 0;
  bool stopping_ = false;
  std::exception_ptr first_error_;
  std::vector<const Cancellable*> connections_;
};

}  // namespace seriatim::migrations
