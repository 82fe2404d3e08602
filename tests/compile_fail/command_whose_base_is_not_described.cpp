// says: a member or base of this struct is missing in its BOOST_DESCRIBE_STRUCT
// names: PlaceOrder
#include "seriatim/domain.hpp"

struct PlaceOrder : seriatim::Command {
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
