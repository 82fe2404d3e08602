// says: this struct is not described: write BOOST_DESCRIBE_STRUCT
// names: OrderPlaced
#include "seriatim/domain.hpp"

struct OrderPlaced {
  static constexpr std::string_view type_name = "Shop::Events::OrderPlaced";
  std::string customer;
};

class Order : public seriatim::AggregateRoot<Order> {
 public:
  static constexpr std::string_view type_name = "Shop::Order";
  using Events = seriatim::types<OrderPlaced>;
  struct State {
    std::string customer;
  };

  using AggregateRoot::AggregateRoot;
  void place() { apply(OrderPlaced{"Ann"}); }
};
BOOST_DESCRIBE_STRUCT(Order::State, (), (customer))

const seriatim::AggregateType& type = seriatim::aggregate_type<Order>();
