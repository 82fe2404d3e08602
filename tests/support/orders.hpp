#pragma once
// A domain for workflows, matching and dry runs: events that share bases, workflows that do what the test says, and one
// with a rule of its own.

#include <functional>
#include <memory>

#include "seriatim/application.hpp"

namespace orders {

using seriatim::AnyEvent;
using seriatim::Event;
using seriatim::Repository;
using seriatim::types;
using seriatim::Views;
using seriatim::Workflow;

struct Money {
  seriatim::Decimal amount;
  std::string currency = "EUR";
};
BOOST_DESCRIBE_STRUCT(Money, (), (amount, currency))

/// A base with members.
struct Movement {
  seriatim::Decimal amount;
  std::optional<Money> fee;
};
BOOST_DESCRIBE_STRUCT(Movement, (), (amount, fee))

/// A base that only marks.
struct Audited {};
BOOST_DESCRIBE_STRUCT(Audited, (), ())

struct OrderPlaced : Movement {
  static constexpr std::string_view type_name = "Orders::OrderPlaced";
  std::string customer;
};
BOOST_DESCRIBE_STRUCT(OrderPlaced, (Movement), (customer))

struct OrderPaid : Audited, Movement {
  static constexpr std::string_view type_name = "Orders::OrderPaid";
};
BOOST_DESCRIBE_STRUCT(OrderPaid, (Audited, Movement), ())

struct OrderShipped : Audited {
  static constexpr std::string_view type_name = "Orders::OrderShipped";
  std::optional<std::int32_t> parcels;
};
BOOST_DESCRIBE_STRUCT(OrderShipped, (Audited), (parcels))

struct OrderNoted {
  static constexpr std::string_view type_name = "Orders::OrderNoted";
  std::string text;
};
BOOST_DESCRIBE_STRUCT(OrderNoted, (), (text))

class Order : public seriatim::AggregateRoot<Order> {
 public:
  static constexpr std::string_view type_name = "Orders::Order";
  using Events = types<OrderPlaced, OrderPaid, OrderShipped, OrderNoted>;
  struct State {
    seriatim::Decimal moved;
    bool shipped = false;
  };
  using AggregateRoot::AggregateRoot;
  Order(const seriatim::AggregateId& id, const OrderPlaced& event) : AggregateRoot{id} { apply(event); }
  void pay(seriatim::Decimal amount) { apply(OrderPaid{{}, {amount, {}}}); }
  void ship(std::optional<std::int32_t> parcels) {
    if (state().shipped) throw seriatim::DomainError{"shipped_already", "the order is shipped already"};
    apply(OrderShipped{{}, parcels});
  }
  void note(const std::string& text) { apply(OrderNoted{text}); }

  /// Folds every event that is a Movement.
  static void on(State& s, const Movement& e) { s.moved += e.amount; }
  static void on(State& s, const OrderShipped&) { s.shipped = true; }
};
BOOST_DESCRIBE_STRUCT(Order::State, (), (moved, shipped))

struct PlaceOrder : seriatim::Command {
  static constexpr std::string_view type_name = "Orders::PlaceOrder";
  seriatim::Decimal amount;
  std::string customer;
  std::optional<Money> fee;
};
BOOST_DESCRIBE_STRUCT(PlaceOrder, (seriatim::Command), (amount, customer, fee))
inline void validate(const PlaceOrder&, seriatim::Validation& v) { v.presence(&PlaceOrder::customer); }

struct PayOrder : seriatim::Command {
  static constexpr std::string_view type_name = "Orders::PayOrder";
  seriatim::Decimal amount;
};
BOOST_DESCRIBE_STRUCT(PayOrder, (seriatim::Command), (amount))

struct ShipOrder : seriatim::Command {
  static constexpr std::string_view type_name = "Orders::ShipOrder";
  std::optional<std::int32_t> parcels;
};
BOOST_DESCRIBE_STRUCT(ShipOrder, (seriatim::Command), (parcels))

struct NoteOrder : seriatim::Command {
  static constexpr std::string_view type_name = "Orders::NoteOrder";
  std::string text;
};
BOOST_DESCRIBE_STRUCT(NoteOrder, (seriatim::Command), (text))

/// What a test wants to happen. Set before the application is used; shared by all its threads.
struct Script {
  std::function<void(const seriatim::Command&)> handling = [](const seriatim::Command&) {};
  std::function<void(const seriatim::EventHeader&)> projecting = [](const seriatim::EventHeader&) {};
  std::function<void(const AnyEvent&, Workflow&)> reacting = [](const AnyEvent&, Workflow&) {};
};
using ScriptPtr = std::shared_ptr<Script>;

struct OrderCommandHandler {
  using Commands = types<PlaceOrder, PayOrder, ShipOrder, NoteOrder>;
  ScriptPtr script = std::make_shared<Script>();
  void handle(const PlaceOrder& c, Repository& r) const {
    script->handling(c);
    r.add<Order>(c.aggregate_id, OrderPlaced{{c.amount, c.fee}, c.customer});
  }
  void handle(const PayOrder& c, Repository& r) const {
    script->handling(c);
    r.load<Order>(c.aggregate_id).pay(c.amount);
  }
  void handle(const ShipOrder& c, Repository& r) const {
    script->handling(c);
    r.load<Order>(c.aggregate_id).ship(c.parcels);
  }
  void handle(const NoteOrder& c, Repository& r) const {
    script->handling(c);
    r.load<Order>(c.aggregate_id).note(c.text);
  }
};

/// Does at each event what the script says.
struct ScriptedWorkflow {
  static constexpr std::string_view type_name = "ScriptedWorkflow";
  using Events = types<OrderPlaced, OrderPaid, OrderShipped, OrderNoted>;
  ScriptPtr script = std::make_shared<Script>();
  template <class E>
  void on(const Event<E>& e, Workflow& workflow) const {
    script->reacting(AnyEvent{e, seriatim::message_type<E>(), &e.data}, workflow);
  }
};

/// Has big orders looked at, and thanks for payments when they are stored.
struct BigOrderWorkflow {
  static constexpr std::string_view type_name = "BigOrderWorkflow";
  static std::vector<seriatim::WorkflowHandler> matches() {
    return {seriatim::on(&BigOrderWorkflow::look_at,
                         seriatim::is_a<Movement>().where(&Movement::amount, seriatim::greater_than_or_equal_to(1000))),
            seriatim::on(&BigOrderWorkflow::thank, seriatim::exact<OrderPaid>())};
  }
  void look_at(const Event<Movement>& e, Workflow& workflow) const {
    workflow.execute(NoteOrder{{.aggregate_id = e.aggregate_id}, "big"});
  }
  void thank(const Event<OrderPaid>& /*event*/, Workflow& workflow) const {
    workflow.after_commit([] {});
  }
};

struct OrderRecord {
  static constexpr std::string_view table = "order_records";
  seriatim::Uuid aggregate_id{};
  std::string customer;
};
BOOST_DESCRIBE_STRUCT(OrderRecord, (), (aggregate_id, customer))

struct NoteRecord {
  static constexpr std::string_view table = "note_records";
  seriatim::Uuid aggregate_id{};
  std::string text;
};
BOOST_DESCRIBE_STRUCT(NoteRecord, (), (aggregate_id, text))

/// Of the views' version 1.
struct OrderProjector {
  static constexpr std::string_view type_name = "OrderProjector";
  using Manages = seriatim::records<OrderRecord>;
  using Events = types<OrderPlaced>;
  ScriptPtr script = std::make_shared<Script>();
  void on(const Event<OrderPlaced>& e, Views& views) const {
    script->projecting(e);
    views.create(OrderRecord{e.aggregate_id, e->customer});
  }
};

/// Of the views' version 2.
struct NoteProjector {
  static constexpr std::string_view type_name = "NoteProjector";
  using Manages = seriatim::records<NoteRecord>;
  using Events = types<OrderNoted>;
  void on(const Event<OrderNoted>& e, Views& views) const { views.create(NoteRecord{e.aggregate_id, e->text}); }
};

inline std::span<const seriatim::SqlFile> view_sql() {
  static const seriatim::SqlFile files[] = {
      {"order_records.sql", "create table order_records%SUFFIX% (aggregate_id uuid, customer text)"},
      {"note_records.sql", "create table note_records%SUFFIX% (aggregate_id uuid, text text)"}};
  return files;
}

/// Without workflows; add those that the test wants.
inline void fill(seriatim::Domain& domain, const ScriptPtr& script) {
  domain.aggregate<Order>()
      .handler(OrderCommandHandler{script})
      .projector(OrderProjector{script})
      .projector<NoteProjector>()
      .views(seriatim::ViewVersions{}
                 .version(1, {seriatim::replay<OrderProjector>()})
                 .version(2, {seriatim::replay<NoteProjector>()}),
             view_sql());
}

}  // namespace orders
