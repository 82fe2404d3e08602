#pragma once
// A ledger with a pipeline behind a proxy, which cuts its connections where a test wants it.

#include <utility>

#include "support/pipeline_store.hpp"
#include "support/postgres_proxy.hpp"

namespace seriatim::testing {

/// Only the program that is tested goes through the proxy.
struct ProxiedPipeline : PipelineStore {
  ProxiedPipeline() { open_behind_proxy({}); }
  ~ProxiedPipeline() { pipeline.reset(); }  // Before the proxy.
  ProxiedPipeline(const ProxiedPipeline&) = delete;
  ProxiedPipeline& operator=(const ProxiedPipeline&) = delete;

  void open_behind_proxy(Execution execution) {
    const std::string direct = std::exchange(options.database_url, proxy.url());
    open(std::move(execution));
    options.database_url = direct;  // The test itself looks past the proxy.
  }

  PostgresProxy proxy{options.database_url};
};

}  // namespace seriatim::testing
