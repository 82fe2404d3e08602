// Behaviour 12.1: secrets in scenarios.
#include "order_scenario.hpp"

using namespace seriatim;
using namespace seriatim::testing;

namespace vault {

struct Locked {
  static constexpr std::string_view type_name = "Vault::Locked";
  Secret code;
};
BOOST_DESCRIBE_STRUCT(Locked, (), (code))

struct Lock : Command {
  static constexpr std::string_view type_name = "Vault::Lock";
  Secret code;
};
BOOST_DESCRIBE_STRUCT(Lock, (seriatim::Command), (code))

class Vault : public AggregateRoot<Vault> {
 public:
  static constexpr std::string_view type_name = "Vault::Vault";
  using Events = types<Locked>;
  struct State {
    Secret code;
  };
  using AggregateRoot::AggregateRoot;
  void lock(const Secret& code) { apply(Locked{code}); }
  static void on(State& s, const Locked& e) { s.code = e.code; }
};
BOOST_DESCRIBE_STRUCT(Vault::State, (), (code))

struct Handler {
  using Commands = types<Lock>;
  void handle(const Lock& c, Repository& r) const { r.find_or_add<Vault>(c.aggregate_id).lock(c.code); }
};

Domain domain() {
  Domain made{"vault"};
  made.aggregate<Vault>().handler<Handler>();
  return made;
}

}  // namespace vault

BOOST_AUTO_TEST_SUITE(secrets)

BOOST_AUTO_TEST_CASE(secrets_are_hashed_in_given_events_as_in_commands) {
  Scenario scenario{vault::domain()};
  const AggregateId id = scenario.new_id();
  scenario.given<vault::Vault>(id, vault::Locked{Secret{"1234"}});
  BOOST_TEST(scenario.events().front().get<vault::Locked>()->code.verify("1234"));
  scenario.when(vault::Lock{{id}, Secret{"5678"}}).then(event_like<vault::Locked>([](const vault::Locked& e) {
    return e.code.verify("5678");
  }));
}

BOOST_AUTO_TEST_SUITE_END()
