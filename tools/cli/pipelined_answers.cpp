#include "pipelined_answers.hpp"

#include <utility>

namespace seriatim::cli {

PipelinedAnswers::PipelinedAnswers(Application& application, const PipelineOptions& options, Give give)
    : give_{std::move(give)},
      capacity_{options.capacity},
      pipeline_{application.pipeline(options)},
      thread_{[this] { work(); }} {}

PipelinedAnswers::~PipelinedAnswers() { end(PipelineStop::cancel); }

PipelinedAnswers::Entry& PipelinedAnswers::enter(Answer answer) {
  auto entry = std::make_unique<Entry>();
  entry->answer = std::move(answer);
  std::unique_lock lock{mutex_};
  changed_.wait(lock, [&] { return entries_.size() < capacity_ || failure_ != nullptr; });
  if (failure_ != nullptr) std::rethrow_exception(failure_);
  return *entries_.emplace_back(std::move(entry));
}

void PipelinedAnswers::submit(Answer answer, AnyCommand command) {
  Entry& entry = enter(std::move(answer));
  entry.submitted = Steady::now();
  pipeline_->submit(std::move(command), [this, &entry](const std::exception_ptr& error, ExecutionResult result) {
    complete(entry, error, std::move(result));
  });
}

void PipelinedAnswers::add(Answer answer) {
  Entry& entry = enter(std::move(answer));
  const std::scoped_lock lock{mutex_};
  entry.done = true;
  changed_.notify_all();
}

void PipelinedAnswers::complete(Entry& entry, const std::exception_ptr& error, ExecutionResult result) {
  const std::scoped_lock lock{mutex_};
  entry.latency = std::chrono::duration_cast<std::chrono::microseconds>(Steady::now() - entry.submitted);
  entry.error = error;
  entry.answer.events = std::move(result.events);
  entry.answer.repeated = result.repeated;
  entry.answer.after_commit_failures = std::move(result.after_commit_failures);
  entry.done = true;
  changed_.notify_all();
}

void PipelinedAnswers::work() {
  try {
    while (const std::unique_ptr<Entry> entry = next()) give(*entry);
  } catch (...) {
    fail(std::current_exception());
  }
}

/// The next answer in order, once it is there; nothing at the end.
std::unique_ptr<PipelinedAnswers::Entry> PipelinedAnswers::next() {
  std::unique_lock lock{mutex_};
  changed_.wait(lock, [&] { return entries_.empty() ? ended_ : entries_.front()->done; });
  if (entries_.empty()) return nullptr;
  std::unique_ptr<Entry> entry = std::move(entries_.front());
  entries_.pop_front();
  changed_.notify_all();
  return entry;
}

/// Whoever waits for room learns it at once; what is in the pipeline is not begun, because nobody would hear of it.
void PipelinedAnswers::fail(const std::exception_ptr& error) {
  {
    const std::scoped_lock lock{mutex_};
    failure_ = error;
    changed_.notify_all();
  }
  pipeline_->stop(PipelineStop::cancel);
}

void PipelinedAnswers::give(Entry& entry) {
  if (entry.error == nullptr) return give_(entry.answer, nullptr, entry.latency);
  try {
    std::rethrow_exception(entry.error);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::pipeline_stopped) return;
    set_error(entry.answer, error, true);
    give_(entry.answer, &error, entry.latency);
  } catch (const std::exception& error) {
    set_error(entry.answer, error);
    give_(entry.answer, nullptr, entry.latency);
  }
}

void PipelinedAnswers::end(PipelineStop how) {
  pipeline_->stop(how);
  {
    const std::scoped_lock lock{mutex_};
    ended_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

/// After the end, when the thread is gone.
void PipelinedAnswers::rethrow_failure() {
  if (failure_ != nullptr) std::rethrow_exception(failure_);
}

void PipelinedAnswers::finish() {
  end(PipelineStop::drain);
  rethrow_failure();
}

void PipelinedAnswers::cancel() {
  end(PipelineStop::cancel);
  rethrow_failure();
}

}  // namespace seriatim::cli
