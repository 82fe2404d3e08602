#include "migrations/crew.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

namespace seriatim::migrations {
namespace {

/// How often the workers are looked after.
constexpr std::chrono::milliseconds interval{100};

}  // namespace

Crew::Cancellable::Cancellable(Crew& crew, std::function<void()> cancel) : crew_{crew}, cancel_{std::move(cancel)} {
  const std::scoped_lock lock{crew_.mutex_};
  crew_.connections_.push_back(this);
}

Crew::Cancellable::~Cancellable() {
  const std::scoped_lock lock{crew_.mutex_};
  std::erase(crew_.connections_, this);
}

bool Crew::stopping() {
  const std::scoped_lock lock{mutex_};
  return stopping_;
}

void Crew::stop(std::exception_ptr error) {
  const std::scoped_lock lock{mutex_};
  if (!stopping_) first_error_ = std::move(error);
  stopping_ = true;
  ended_.notify_all();
}

void Crew::run(std::size_t workers, const std::function<void(std::size_t)>& work) {
  stopping_ = false;
  first_error_ = nullptr;
  running_ = workers;
  std::vector<std::thread> threads;
  threads.reserve(workers);
  const auto body = [&](std::size_t worker) {
    try {
      work(worker);
    } catch (...) {
      stop(std::current_exception());
    }
    const std::scoped_lock lock{mutex_};
    --running_;
    ended_.notify_all();
  };
  try {
    for (std::size_t worker = 0; worker < workers; ++worker) threads.emplace_back(body, worker);
  } catch (const std::exception&) {
    stop(std::current_exception());
    const std::scoped_lock lock{mutex_};
    running_ -= workers - threads.size();
  }
  look_after();
  for (std::thread& thread : threads) thread.join();
  if (first_error_ != nullptr) std::rethrow_exception(first_error_);
}

void Crew::look_after() {
  std::unique_lock lock{mutex_};
  while (running_ != 0) {
    ended_.wait_for(lock, interval, [&] { return running_ == 0 || stopping_; });
    if (stopping_) return cancel_until_all_have_ended(lock);
    if (running_ == 0) return;
    lock.unlock();
    try {
      watch_();
    } catch (...) {
      stop(std::current_exception());
    }
    lock.lock();
  }
}

/// Again and again: a statement that had not begun yet was not cancelled.
void Crew::cancel_until_all_have_ended(std::unique_lock<std::mutex>& lock) {
  while (running_ != 0) {
    for (const Cancellable* connection : connections_) connection->cancel_();
    ended_.wait_for(lock, interval, [&] { return running_ == 0; });
  }
}

}  // namespace seriatim::migrations
