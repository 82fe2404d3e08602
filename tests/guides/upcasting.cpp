// What docs/upcasting.md shows.

#include <boost/json.hpp>

#include "seriatim/seriatim.hpp"
#include "wallet/events.hpp"

namespace wallet {

void read_old_events(seriatim::Domain& domain) {
  domain.event<MoneyAdded>()
      .alias("Wallet::Events::MoneyDeposited")            // the name that the type had once
      .upcast(seriatim::rename_attribute("sum", "amount"))
      .upcast([](boost::json::object& attributes) { attributes.emplace("source", "unknown"); });

  domain.stored_event("Wallet::Events::MoneyMoved")
      .split<MoneyDrew, MoneyAdded>([](const boost::json::object& moved, auto& events) {
        events.template add<MoneyDrew>({{"amount", moved.at("amount")}});
        events.template add<MoneyAdded>({{"amount", moved.at("amount")}});
      });
}

}  // namespace wallet

namespace guides::upcasting {

struct Person {
  static constexpr std::string_view type_name = "People::Registered";
  std::string given_name;
  std::string family_name;
  std::optional<std::int32_t> cents;
};
BOOST_DESCRIBE_STRUCT(Person, (), (given_name, family_name, cents))

void change_attributes(seriatim::Domain& domain) {
  domain.event<Person>()
      .upcast([](boost::json::object& attributes) {  // one attribute became two
        const auto* name = attributes.if_contains("name");
        if (name == nullptr) return;  // today's form
        const std::string text{name->as_string()};
        const std::size_t blank = text.find(' ');
        attributes["given_name"] = text.substr(0, blank);
        attributes["family_name"] = blank == std::string::npos ? "" : text.substr(blank + 1);
      })
      .upcast([](boost::json::object& attributes) {  // a number of euros became one of cents
        if (const auto* euros = attributes.if_contains("euros")) attributes["cents"] = euros->as_int64() * 100;
      });
}

}  // namespace guides::upcasting
