// says: the projector lists an event that it cannot handle
// names: OrderPlaced
#include "seriatim/domain.hpp"

struct OrderPlaced {
  static constexpr std::string_view type_name = "Shop::Events::OrderPlaced";
  std::string customer;
};
BOOST_DESCRIBE_STRUCT(OrderPlaced, (), (customer))

struct OrderRecord {
  static constexpr std::string_view table = "orders";
  seriatim::Uuid aggregate_id{};
};
BOOST_DESCRIBE_STRUCT(OrderRecord, (), (aggregate_id))

struct OrderProjector {
  static constexpr std::string_view type_name = "OrderProjector";
  using Manages = seriatim::records<OrderRecord>;
  using Events = seriatim::types<OrderPlaced>;
};

void put_together(seriatim::Domain& domain) {
  domain.projector<OrderProjector>();
}
