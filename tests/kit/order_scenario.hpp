#pragma once
// A scenario of the orders domain, whose workflow does what the test says.

#include <boost/test/unit_test.hpp>

#include "seriatim/testing/scenario.hpp"
#include "support/orders.hpp"

namespace seriatim::testing {

struct OrderScenario : Scenario {
  OrderScenario() : OrderScenario{std::make_shared<orders::Script>()} {}
  explicit OrderScenario(orders::ScriptPtr told, Settings settings = {})
      : Scenario{domain(told), std::move(settings)}, script{std::move(told)} {}

  static Domain domain(const orders::ScriptPtr& script) {
    Domain made{"orders"};
    orders::fill(made, script);
    made.workflow(orders::ScriptedWorkflow{script}).workflow<orders::BigOrderWorkflow>();
    return made;
  }

  /// At events of type E.
  template <class E>
  void at_each(std::function<void(const AnyEvent&, Workflow&)> reaction) const {
    script->reacting = [reaction = std::move(reaction)](const AnyEvent& e, Workflow& w) {
      if (e.get<E>() != nullptr) reaction(e, w);
    };
  }

  [[nodiscard]] orders::PlaceOrder place(Decimal amount = 10) const { return {{.aggregate_id = id}, amount, "Ann", {}}; }
  [[nodiscard]] orders::PayOrder pay(Decimal amount = 10) const { return {{.aggregate_id = id}, amount}; }
  [[nodiscard]] orders::NoteOrder note(const std::string& text) const { return {{.aggregate_id = id}, text}; }
  static orders::OrderPlaced placed(Decimal amount = 10) { return {{amount, {}}, "Ann"}; }
  static orders::OrderPaid paid(Decimal amount = 10) { return {{}, {amount, {}}}; }

  orders::ScriptPtr script;
  AggregateId id = new_id();
};

/// What the kit has against an expectation; fails the test when it has nothing.
template <class Expect>
std::string complaint(Expect&& expect) {
  try {
    expect();
  } catch (const Failure& failure) {
    BOOST_TEST_MESSAGE(failure.what());
    return failure.what();
  }
  BOOST_ERROR("the kit is content");
  return {};
}

inline bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace seriatim::testing
