// says: two bases of this struct declare validations: write one for it that calls both
// names: Order
#include "seriatim/validation.hpp"

struct Addressed {
  std::string city;
};
BOOST_DESCRIBE_STRUCT(Addressed, (), (city))

void validate(const Addressed&, seriatim::Validation& v) { v.presence(&Addressed::city); }

struct Priced {
  seriatim::Decimal price;
};
BOOST_DESCRIBE_STRUCT(Priced, (), (price))

void validate(const Priced&, seriatim::Validation& v) { v.numericality(&Priced::price).greater_than(0); }

struct Order : seriatim::Command, Addressed, Priced {};
BOOST_DESCRIBE_STRUCT(Order, (seriatim::Command, Addressed, Priced), ())

bool is_valid(const Order& order) { return seriatim::validation_errors(order).empty(); }
