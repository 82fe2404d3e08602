// What docs/domains.md shows of programs that link a domain.

#include <seriatim/seriatim.hpp>

#include "wallet/commands.hpp"
#include "wallet/plugin.hpp"

namespace guides::program {

using namespace seriatim::literals;

void execute(const seriatim::AggregateId& id) {
  seriatim::Application app{seriatim::Options::from_environment(), {wallet::domain()}};
  app.commands().execute(wallet::AddMoney{{.aggregate_id = id}, "20.00"_decimal, "API"});

  app.commands().execute({wallet::CreateWallet{{.aggregate_id = id}, "2"}},
                         {{"insert into public.users (id, name) values ($1, $2)", {"2", "Ann"}}});
}

}  // namespace guides::program
