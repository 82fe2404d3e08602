// says: an `on` of the aggregate is not static
// names: OrderPlaced
#include "seriatim/domain.hpp"

struct OrderPlaced {
  static constexpr std::string_view type_name = "Shop::Events::OrderPlaced";
  std::string customer;
};
BOOST_DESCRIBE_STRUCT(OrderPlaced, (), (customer))

class Order : public seriatim::AggregateRoot<Order> {
 public:
  static constexpr std::string_view type_name = "Shop::Order";
  using Events = seriatim::types<OrderPlaced>;
  struct State {
    std::string customer;
  };

  using AggregateRoot::AggregateRoot;
  void on(State& s, const OrderPlaced& e) { s.customer = e.customer; }
};
BOOST_DESCRIBE_STRUCT(Order::State, (), (customer))

const seriatim::AggregateType& type = seriatim::aggregate_type<Order>();
