#include <chrono>

#include "labels.hpp"
#include "measure.hpp"

namespace bench {
namespace {

constexpr int things = 1000;
constexpr int renames_each = 4;  ///< Eight events each in the end, like a wallet of the other measurements.

seriatim::Application application(const StoreFixture& store) {
  seriatim::Options options;
  options.database_url = store.url();
  seriatim::Execution execution;
  execution.filters.push_back([](seriatim::AnyCommand&) {});
  execution.middleware.push_back([](const seriatim::AnyCommand&, const std::function<void()>& next) { next(); });
  return {options, {labels::domain()}, std::move(execution)};
}

/// Renames a second, each with the note that its workflow adds; one thread.
double rename_things(seriatim::Application& app, int seconds, bool with_receipts) {
  std::vector<seriatim::AggregateId> ids(things);
  std::int64_t name = 0;
  const auto rename = [&](const seriatim::AggregateId& id) {
    labels::Rename command;
    command.aggregate_id = id;
    command.label = seriatim::uuid_text(seriatim::new_uuid()) + std::to_string(++name);
    if (with_receipts) command.idempotency_key = command.label;
    app.commands().execute(command);
  };
  for (seriatim::AggregateId& id : ids) {
    id = seriatim::new_uuid();
    for (int i = 0; i < renames_each; ++i) rename(id);
  }
  const auto start = std::chrono::steady_clock::now();
  const auto end = start + std::chrono::seconds{seconds};
  std::int64_t done = 0;
  // Each is renamed a few times at most, so that streams stay short.
  for (std::size_t i = 0; std::chrono::steady_clock::now() < end; i = (i + 1) % ids.size(), ++done) rename(ids[i]);
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  return static_cast<double>(done) / elapsed.count();
}

}  // namespace

void measure_features(const StoreFixture& store, int rounds, int seconds) {
  seriatim::Application app = application(store);
  std::vector<double> without;
  std::vector<double> with;
  for (int round = 0; round < rounds; ++round) {
    without.push_back(rename_things(app, seconds, false));
    with.push_back(rename_things(app, seconds, true));
  }
  print("calls/s with filter, middleware, validation, key, workflow (beside: also a receipt)", median(without),
        median(with));
}

}  // namespace bench
