#include "pipelined_answers.hpp"

#include <utility>

namespace seriatim::cli {

PipelinedAnswers::PipelinedAnswers(Application& application, const PipelineOptions& options, Give give)
    : give_{std::move(give)},
      capacity_{options.capacity},
      pipeline_{application.pipeline(options)},
      thread_{[this] { work(); }} {}

PipelinedAnswers::~PipelinedAnswers() { cancel(); }

PipelinedAnswers::Entry& PipelinedAnswers::enter(Answer answer) {
  auto entry = std::make_unique<Entry>();
  entry->answer = std::move(answer);
  std::unique_lock lock{mutex_};
  changed_.wait(lock, [&] { return entries_.size() < capacity_; });
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
  for (;;) {
    std::unique_ptr<Entry> entry;
    {
      std::unique_lock lock{mutex_};
      changed_.wait(lock, [&] { return entries_.empty() ? ended_ : entries_.front()->done; });
      if (entries_.empty()) return;
      entry = std::move(entries_.front());
      entries_.pop_front();
      changed_.notify_all();
    }
    give(*entry);
  }
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

void PipelinedAnswers::finish() { end(PipelineStop::drain); }

void PipelinedAnswers::cancel() { end(PipelineStop::cancel); }

}  // namespace seriatim::cli
