// What docs/pipeline.md shows.

#include "seriatim/pipeline.hpp"

#include <boost/asio.hpp>
#include <future>

#include "seriatim/seriatim.hpp"
#include "wallet/commands.hpp"

namespace wallet {

void tell(const std::string& sentence);

boost::asio::awaitable<void> ways_in(seriatim::Application& app, const seriatim::AggregateId& id) {
  const auto pipeline = app.pipeline();  // or app.pipeline(options)

  std::future<seriatim::ExecutionResult> done =
      pipeline->submit(AddMoney{{.aggregate_id = id}, "20.00"_decimal, "API"}, boost::asio::use_future);

  const DrawMoney draw{{.aggregate_id = id}, "5"_decimal, "API"};
  pipeline->submit(draw, [](std::exception_ptr error, seriatim::ExecutionResult result) {
    if (!error) tell(std::to_string(result.events.size()) + " events");
  });

  seriatim::ExecutionResult result = co_await pipeline->submit(draw, boost::asio::use_awaitable);
}

}  // namespace wallet
