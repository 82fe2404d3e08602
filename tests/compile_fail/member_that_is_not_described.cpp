// says: a member or base of this struct is missing in its BOOST_DESCRIBE_STRUCT
// names: OrderPlaced
#include "seriatim/domain.hpp"

struct OrderPlaced {
  static constexpr std::string_view type_name = "Shop::Events::OrderPlaced";
  std::string customer;
  std::optional<std::string> note;
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
  static void on(State& s, const OrderPlaced& e) { s.customer = e.customer; }
};
BOOST_DESCRIBE_STRUCT(Order::State, (), (customer))

const seriatim::AggregateType& type = seriatim::aggregate_type<Order>();
