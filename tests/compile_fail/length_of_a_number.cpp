// says: length is a check of texts, secrets and lists: for numbers use numericality
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
  v.length(&Pay::amount, 1, 2);
}
