#pragma once
// Upcasting: how events that were stored in an earlier form are read today. What is stored never changes; each time an
// event is read, for an aggregate or for a view, its JSON first goes through the functions registered here, in order.
//
//     domain.event<MoneyAdded>()
//         .alias("Wallet::Events::MoneyDeposited")                      // the name that it had once
//         .upcast(rename_attribute("sum", "amount"))
//         .upcast([](boost::json::object& attributes) { attributes.try_emplace("source", "unknown"); });
//     domain.stored_event("Wallet::Events::MoneyMoved")                 // a type that the program has no longer
//         .split<MoneyDrew, MoneyAdded>([](const boost::json::object& moved, auto& events) {
//           events.template add<MoneyDrew>({{"amount", moved.at("amount")}});
//         });
//     domain.stored_event("Wallet::Events::Audited").drop();
//
// Stored events carry no version, so a function meets old and new ones alike: it must leave alone what has its new form
// already. Functions are called by many threads at once and must depend on nothing but their arguments; what they throw
// becomes Error(deserialization) naming the event. Include <boost/json.hpp> where you write them.
//
// Numbers: integers of up to 64 bits and doubles pass unchanged; any other JSON number of a stored event that has
// upcasters is rounded to a double. Decimals are stored as strings and pass unchanged.

#include <boost/json/fwd.hpp>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "seriatim/message.hpp"

namespace seriatim {

/// Where the parts of a split event go. Implemented by the framework.
class UpcastOutput {
 public:
  virtual ~UpcastOutput() = default;
  virtual void add(std::string_view type, boost::json::object&& attributes) = 0;
};

/// What a function of `split` adds the parts to.
template <class... Es>
class SplitInto {
 public:
  explicit SplitInto(UpcastOutput& out) : out_{out} {}

  /// One more event, in order. It is read as if it had been stored so: it goes through the functions of its own type
  /// (of the same type as the split event: through those that follow the split).
  template <class E, class Object = boost::json::object>
  void add(Object attributes) {
    static_assert((std::is_same_v<E, Es> || ...), "split<...> does not name the type that is added");
    out_.add(E::type_name, std::move(attributes));
  }

 private:
  UpcastOutput& out_;
};

/// One function of an event's upcasting; exactly one of the three is set.
struct UpcastStep {
  std::function<void(boost::json::object& attributes)> change;
  std::function<bool(const boost::json::object& attributes)> drops;
  std::function<void(const boost::json::object& attributes, UpcastOutput& out)> divide;
  std::vector<std::string> outputs;  ///< The types that `divide` may add.
};

/// Everything that is said about events stored under one name.
struct EventRules {
  std::string name;                 ///< The type's name today, or the stored name of a type that is gone.
  std::optional<MessageType> type;  ///< Empty for a type that is gone.
  std::vector<std::string> aliases;
  std::vector<UpcastStep> steps;
  std::vector<std::string> derived;  ///< Types to which the steps apply as well.
};

/// Says how stored events of type E are read; `E` is void for a type that the program has no longer. Refers to the domain
/// that made it, and is to be used in the same expression.
template <class E>
class EventEvolution {
 public:
  explicit EventEvolution(EventRules& rules) : rules_{rules} {}

  /// Events stored under `name` are of this type. Two types cannot share an alias.
  EventEvolution& alias(std::string name) {
    rules_.aliases.push_back(std::move(name));
    return *this;
  }

  /// Changes the attributes in place.
  EventEvolution& upcast(std::function<void(boost::json::object&)> change) {
    return add({std::move(change), {}, {}, {}});
  }

  /// Events for which `drops` says so are not there for aggregates and views. Their number stays taken.
  EventEvolution& drop_if(std::function<bool(const boost::json::object&)> drops) {
    return add({{}, std::move(drops), {}, {}});
  }

  /// None of these events is there any more.
  EventEvolution& drop() {
    return drop_if([](const boost::json::object&) { return true; });
  }

  /// Replaces the event by what `f(const boost::json::object&, SplitInto<Es...>&)` adds: several events, one of another
  /// type, or none. All have the number of the stored event, so that an aggregate's version stays the number of its last
  /// stored one.
  template <class... Es, class F>
  EventEvolution& split(F f) {
    auto divide = [f = std::move(f)](const boost::json::object& attributes, UpcastOutput& out) {
      SplitInto<Es...> into{out};
      f(attributes, into);
    };
    return add({{}, {}, std::move(divide), {std::string{Es::type_name}...}});
  }

  /// The functions of E also apply to these types, before their own. Without this they apply to exactly E.
  template <class... Ds>
  EventEvolution& also_for() {
    static_assert((std::is_base_of_v<E, Ds> && ...), "also_for<...> names a type that does not derive from the event");
    (rules_.derived.emplace_back(Ds::type_name), ...);
    return *this;
  }

 private:
  EventEvolution& add(UpcastStep step) {
    rules_.steps.push_back(std::move(step));
    return *this;
  }

  EventRules& rules_;
};

/// For `upcast`: moves an attribute to another name. Dots lead into nested objects ("address.city"), which are made where
/// they are missing. Does nothing when there is no `from`, or when there is a `to` already.
[[nodiscard]] std::function<void(boost::json::object&)> rename_attribute(std::string from, std::string to);

}  // namespace seriatim
