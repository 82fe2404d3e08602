#pragma once
// The command pipeline over lanes.

#include <boost/asio/thread_pool.hpp>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "pipeline/lane.hpp"

namespace seriatim::pipeline {

/// See CommandPipeline. Executor and store must outlive it.
class Lanes final : public CommandPipeline {
 public:
  /// Error(usage) for options that make no sense.
  Lanes(core::CommandExecutor& executor, postgres::PostgresStore& store, const PipelineOptions& options);
  ~Lanes() override;

  void stop(PipelineStop how) override;
  [[nodiscard]] executor_type get_executor() noexcept override { return completions_.get_executor(); }

 protected:
  void accept(AnyCommand command, boost::asio::any_completion_handler<Signature> completion,
              Caller caller) override;

 private:
  /// A command that waits for room.
  struct Outside {
    Submission submission;
    bool* over;  ///< Set when it need not wait any longer; null when no thread waits with it.
  };

  [[nodiscard]] bool runs_in_lane() const;
  void admit(Submission submission);
  [[nodiscard]] Submission take_from_outside();
  void answered() noexcept;

  const PipelineOptions options_;
  boost::asio::thread_pool completions_{1};
  std::mutex mutex_;  ///< Guards those below.
  std::condition_variable changed_;
  std::size_t held_ = 0;         ///< Commands in the lanes without an outcome.
  std::deque<Outside> outside_;  ///< The one that came first comes first.
  bool stopped_ = false;
  std::mutex stopping_;  ///< Of one caller of `stop` at a time.
  std::vector<std::unique_ptr<Lane>> lanes_;
};

}  // namespace seriatim::pipeline
