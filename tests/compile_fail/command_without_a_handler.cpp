// says: the handler lists a command that it cannot handle
// names: PlaceOrder
#include "seriatim/domain.hpp"

struct PlaceOrder : seriatim::Command {
  static constexpr std::string_view type_name = "Shop::Commands::PlaceOrder";
  std::string customer;
};
BOOST_DESCRIBE_STRUCT(PlaceOrder, (seriatim::Command), (customer))

struct OrderCommandHandler {
  using Commands = seriatim::types<PlaceOrder>;
};

void put_together(seriatim::Domain& domain) {
  domain.handler<OrderCommandHandler>();
}
