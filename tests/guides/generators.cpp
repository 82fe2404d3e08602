// What docs/generators.md shows of the code that is left to the user.

#include "seriatim/seriatim.hpp"

namespace guides::generators {

struct InvoiceSent {
  static constexpr std::string_view type_name = "Shop::Events::InvoiceSent";
  std::string recipient;
  seriatim::Decimal amount;
};
BOOST_DESCRIBE_STRUCT(InvoiceSent, (), (recipient, amount))

struct SendInvoice : seriatim::Command {
  static constexpr std::string_view type_name = "Shop::Commands::SendInvoice";
  std::string recipient;
  seriatim::Decimal amount;
};
BOOST_DESCRIBE_STRUCT(SendInvoice, (seriatim::Command), (recipient, amount))

class Invoice : public seriatim::AggregateRoot<Invoice> {
 public:
  static constexpr std::string_view type_name = "Shop::Invoice";
  using Events = seriatim::types<InvoiceSent>;
  struct State {
    std::string recipient;
  };
  using AggregateRoot::AggregateRoot;
  void send(std::string recipient, seriatim::Decimal amount);
  static void on(State& s, const InvoiceSent& e) { s.recipient = e.recipient; }
};
BOOST_DESCRIBE_STRUCT(Invoice::State, (), (recipient))

void Invoice::send(std::string recipient, seriatim::Decimal amount) {
  if (!state().recipient.empty()) throw seriatim::DomainError{"sent_already", "the invoice was sent to " + state().recipient};
  apply(InvoiceSent{std::move(recipient), amount});
}

void handle(const SendInvoice& command, seriatim::Repository& repository) {
  repository.load<Invoice>(command.aggregate_id).send(command.recipient, command.amount);
}

}  // namespace guides::generators
