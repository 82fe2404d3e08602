// says: numericality is a check of integers, doubles and Decimals: make the attribute one of these
// names: Pay
#include "seriatim/validation.hpp"

struct Pay : seriatim::Command {
  seriatim::Decimal amount;
  std::string iban;
  seriatim::Uuid id{};
  bool express = false;
};
BOOST_DESCRIBE_STRUCT(Pay, (seriatim::Command), (amount, iban, id, express))

void validate(const Pay&, seriatim::Validation& v) {
  v.numericality(&Pay::iban).greater_than(0);
}
