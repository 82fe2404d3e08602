#pragma once
// A ledger with a pipeline, whose lane a test can hold.

#include <boost/asio/use_future.hpp>
#include <chrono>
#include <future>
#include <stdexcept>

#include "support/ledger_store.hpp"

namespace seriatim::testing {

using Future = std::future<ExecutionResult>;

/// For one test each: a lane can be held once.
struct PipelineStore : LedgerStore {
  explicit PipelineStore(const std::string& url = shared_cluster().create_database()) : LedgerStore{url} {
    one_lane.lanes = 1;
    one_lane.lone_command = LoneCommand::batch;  // Tests are of batches, unless they say otherwise.
    one_lane.batch_time = std::chrono::minutes{1};  // What waits is a batch, however slow the machine is.
  }

  void start() { start(one_lane); }
  void start(const PipelineOptions& with) { pipeline = app->pipeline(with); }
  template <class C>
  Future submit(const C& command) {
    return pipeline->submit(command, boost::asio::use_future);
  }

  /// Holds the lane that carries out the next deposit of 777, until `go`. What is submitted meanwhile is one batch.
  void hold(const AggregateId& id) {
    script->handling = [this](const Command& command) {
      if (command.created_at == Timestamp{std::chrono::microseconds{777'000}}) {
        reached.set_value();
        released.get_future().wait();
      }
    };
    ledger::Deposit deposit{{.aggregate_id = id}, 1};
    deposit.created_at = Timestamp{std::chrono::microseconds{777'000}};
    held = submit(deposit);
    reached.get_future().wait();
  }
  void go() { released.set_value(); }

  [[nodiscard]] std::string transactions(const AggregateId& id) const {
    return value("select count(distinct xact_id) from sequent_schema.events where sequence_number > 1 and aggregate_id = '" +
                 uuid_text(id) + "'");
  }

  PipelineOptions one_lane;
  std::promise<void> reached;
  std::promise<void> released;
  Future held;
  std::unique_ptr<CommandPipeline> pipeline;  ///< The last: it calls into the others until it is gone.
};

/// The code of the error that the command fails with.
inline ErrorCode error_of(Future& future, std::string* message = nullptr) {
  try {
    future.get();
  } catch (const Error& error) {
    if (message != nullptr) *message = error.what();
    return error.code();
  }
  throw std::logic_error{"nothing was thrown"};
}

}  // namespace seriatim::testing
