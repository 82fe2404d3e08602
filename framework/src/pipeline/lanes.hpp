#pragma once
// The command pipeline over lanes.

#include <boost/asio/thread_pool.hpp>
#include <condition_variable>
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
  void accept(AnyCommand command, boost::asio::any_completion_handler<Signature> completion) override;

 private:
  /// What keeps a command out; null when it has a place.
  [[nodiscard]] std::exception_ptr enter();
  void answered() noexcept;

  const PipelineOptions options_;
  boost::asio::thread_pool completions_{1};
  std::mutex mutex_;  ///< Guards those below.
  std::condition_variable room_;
  std::size_t held_ = 0;      ///< Commands without an outcome.
  std::size_t entering_ = 0;  ///< Commands on their way to a lane.
  bool stopped_ = false;
  std::mutex stopping_;  ///< Of one caller of `stop` at a time.
  std::vector<std::unique_ptr<Lane>> lanes_;
};

}  // namespace seriatim::pipeline
