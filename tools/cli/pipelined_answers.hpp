#pragma once
// Answers of commands that a pipeline carries out, in the order of their lines.

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "answer.hpp"
#include "seriatim/application.hpp"
#include "seriatim/pipeline.hpp"

namespace seriatim::cli {

/// Gives answers in the order of `submit` and `add`, each as soon as it and all before it are there, on a thread of its own.
/// Of commands that were cancelled there are none. When giving an answer fails, nothing further is begun or answered,
/// and `submit`, `add`, `finish` and `cancel` throw that error. They are for one thread.
class PipelinedAnswers {
 public:
  /// An answer, what it was made from when there was an error, and how long the command took.
  using Give = std::function<void(const Answer& answer, const Error* error, std::chrono::microseconds latency)>;

  PipelinedAnswers(Application& application, const PipelineOptions& options, Give give);
  /// Cancels, without an error.
  ~PipelinedAnswers();
  PipelinedAnswers(const PipelinedAnswers&) = delete;
  PipelinedAnswers& operator=(const PipelinedAnswers&) = delete;

  /// Submits a command whose answer begins like that. Waits while there are too many.
  void submit(Answer answer, AnyCommand command);

  /// An answer that is complete.
  void add(Answer answer);

  /// Returns when everything has been answered.
  void finish();

  /// The same, without what was not begun. For any thread but that of the answers.
  void cancel();

 private:
  using Steady = std::chrono::steady_clock;
  struct Entry {
    Answer answer;
    Steady::time_point submitted{};
    std::chrono::microseconds latency{0};
    std::exception_ptr error{};
    bool done = false;
  };

  Entry& enter(Answer answer);
  void complete(Entry& entry, const std::exception_ptr& error, ExecutionResult result);
  void end(PipelineStop how);
  void work();
  [[nodiscard]] std::unique_ptr<Entry> next();
  void fail(const std::exception_ptr& error);
  void rethrow_failure();
  void give(Entry& entry);

  Give give_;
  std::size_t capacity_;
  std::mutex mutex_;  ///< Guards those below, and `done` of entries.
  std::condition_variable changed_;
  std::deque<std::unique_ptr<Entry>> entries_;
  bool ended_ = false;
  std::exception_ptr failure_;  ///< Of giving an answer.
  std::unique_ptr<CommandPipeline> pipeline_;
  std::thread thread_;
};

}  // namespace seriatim::cli
