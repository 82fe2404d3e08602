// says: the workflow lists an event that it cannot handle
// names: OrderPlaced
#include "seriatim/domain.hpp"

struct OrderPlaced {
  static constexpr std::string_view type_name = "Shop::Events::OrderPlaced";
  std::string customer;
};
BOOST_DESCRIBE_STRUCT(OrderPlaced, (), (customer))

struct Shipping {
  static constexpr std::string_view type_name = "Shipping";
  using Events = seriatim::types<OrderPlaced>;
};

void put_together(seriatim::Domain& domain) {
  domain.workflow<Shipping>();
}
