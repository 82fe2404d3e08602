// What docs/command-service.md shows.

#include <string_view>

#include "seriatim/seriatim.hpp"
#include "wallet/commands.hpp"
#include "wallet/plugin.hpp"

namespace guides::command_service {

using namespace seriatim::literals;
using seriatim::Uuid;

Uuid current_user();
bool may(const Uuid& user, const seriatim::AnyCommand& command);

struct Timer {
  explicit Timer(std::string_view of);
  ~Timer();
};

void filters_and_middleware(const seriatim::Options& options) {
  seriatim::Execution execution;
  execution.filters.push_back([](seriatim::AnyCommand& command) {
    if (!may(current_user(), command)) throw seriatim::DomainError{"forbidden", "you may not do that"};
    command.base().user_id = current_user();
  });
  execution.middleware.push_back([](const seriatim::AnyCommand& command, const std::function<void()>& next) {
    const Timer timer{command.type().name};
    next();
  });
  seriatim::Application app{options, {wallet::domain()}, std::move(execution)};
}

void aggregates_in_memory() {
  seriatim::Options options = seriatim::Options::from_environment();
  options.kept_aggregates_bytes = std::size_t{256} << 20U;  // roughly the memory for their states; 0 keeps none
  options.rely_on_kept_aggregates = true;
}

void retries() {
  seriatim::Execution execution;
  execution.retry.attempts = 5;  // in all
}

void expectations(seriatim::Application& app, const seriatim::AggregateId& id) {
  wallet::DrawMoney draw{{.aggregate_id = id, .sequence_number = 7}, "5"_decimal, "API"};
  wallet::AddMoney add{{.aggregate_id = id, .idempotency_key = "payment 4711"}, "20"_decimal, "bank"};
  app.commands().execute(draw, add);
}

}  // namespace guides::command_service
