// says: the handler lists something that is no command: derive it from seriatim::Command
// names: PlaceOrder
#include "seriatim/domain.hpp"

struct PlaceOrder {
  static constexpr std::string_view type_name = "Shop::Commands::PlaceOrder";
  std::string customer;
};
BOOST_DESCRIBE_STRUCT(PlaceOrder, (), (customer))

struct OrderCommandHandler {
  using Commands = seriatim::types<PlaceOrder>;
  void handle(const PlaceOrder&, seriatim::Repository&) const {}
};

void put_together(seriatim::Domain& domain) {
  domain.handler<OrderCommandHandler>();
}
