// says: the aggregate applies an event that its list `Events` does not name
// names: OrderCancelled
#include "seriatim/domain.hpp"

struct OrderPlaced {
  static constexpr std::string_view type_name = "Shop::Events::OrderPlaced";
  std::string customer;
};
BOOST_DESCRIBE_STRUCT(OrderPlaced, (), (customer))

struct OrderCancelled {
  static constexpr std::string_view type_name = "Shop::Events::OrderCancelled";
};
BOOST_DESCRIBE_STRUCT(OrderCancelled, (), ())

class Order : public seriatim::AggregateRoot<Order> {
 public:
  static constexpr std::string_view type_name = "Shop::Order";
  using Events = seriatim::types<OrderPlaced>;
  struct State {
    std::string customer;
  };

  using AggregateRoot::AggregateRoot;
  void cancel() { apply(OrderCancelled{}); }
};
BOOST_DESCRIBE_STRUCT(Order::State, (), (customer))

const seriatim::AggregateType& type = seriatim::aggregate_type<Order>();
