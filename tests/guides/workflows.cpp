// What docs/workflows.md shows.

#include "seriatim/seriatim.hpp"

namespace guides::workflows {

using namespace seriatim::literals;

void ring_the_bell();

struct UserCreated {
  static constexpr std::string_view type_name = "Users::UserCreated";
  std::string name;
};
BOOST_DESCRIBE_STRUCT(UserCreated, (), (name))

struct OpenWallet : seriatim::Command {
  static constexpr std::string_view type_name = "Shop::OpenWallet";
  seriatim::Uuid owner{};
};
BOOST_DESCRIBE_STRUCT(OpenWallet, (seriatim::Command), (owner))

struct OnboardingWorkflow {
  static constexpr std::string_view type_name = "OnboardingWorkflow";
  using Events = seriatim::types<UserCreated>;

  void on(const seriatim::Event<UserCreated>& e, seriatim::Workflow& workflow) const {
    workflow.execute(OpenWallet{{.aggregate_id = seriatim::new_uuid()}, e.aggregate_id});
    workflow.after_commit([](seriatim::CommandService&) { ring_the_bell(); });
  }
};

struct Mail {};
void send(const Mail& mail);

void work_that_may_fail(seriatim::Workflow& workflow, const Mail& mail) {
  workflow.after_commit([mail] { send(mail); }, seriatim::AfterCommitErrors::ignore);
}

struct Money {
  seriatim::Decimal amount;
  std::string currency;
};
BOOST_DESCRIBE_STRUCT(Money, (), (amount, currency))

struct Movement {
  Money money;
};
BOOST_DESCRIBE_STRUCT(Movement, (), (money))

struct Paid : Movement {
  static constexpr std::string_view type_name = "Shop::Paid";
};
BOOST_DESCRIBE_STRUCT(Paid, (Movement), ())

struct Refunded : Movement {
  static constexpr std::string_view type_name = "Shop::Refunded";
};
BOOST_DESCRIBE_STRUCT(Refunded, (Movement), ())

struct Alarm {
  static constexpr std::string_view type_name = "Alarm";
  static std::vector<seriatim::WorkflowHandler> matches() {
    return {seriatim::on(&Alarm::look_at, seriatim::is_a<Movement>()
                                              .except<Refunded>()
                                              .where(&Movement::money, &Money::amount, seriatim::greater_than(100))),
            seriatim::on(&Alarm::keep, seriatim::any_event())};
  }
  void look_at(const seriatim::Event<Movement>& e, seriatim::Workflow& workflow) const;
  void keep(const seriatim::AnyEvent& e, seriatim::Workflow& workflow) const;
};

struct Permissions {
  void require(std::string_view workflow, std::string_view type);
};
Permissions& permissions();

seriatim::WorkflowHandler with_an_option() {
  return seriatim::on(&Alarm::keep, seriatim::any_event()).with([](const seriatim::HandlerRegistration& handler) {
    for (std::string_view type : handler.event_types) permissions().require(handler.workflow, type);
  });
}

struct PayOrder : seriatim::Command {
  static constexpr std::string_view type_name = "Shop::PayOrder";
  seriatim::Decimal amount;
};
BOOST_DESCRIBE_STRUCT(PayOrder, (seriatim::Command), (amount))

void rehearse(seriatim::Application& app, const seriatim::AggregateId& id) {
  const auto rehearsal = app.dry_run();
  const seriatim::DryRunResult result = rehearsal->execute(PayOrder{{.aggregate_id = id}, "20"_decimal});
}

}  // namespace guides::workflows
