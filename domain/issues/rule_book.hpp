#pragma once
// A book of rules, which any number of issues may follow.

#include "events.hpp"
#include "seriatim/aggregate_root.hpp"

namespace issues {

class RuleBook : public seriatim::AggregateRoot<RuleBook> {
 public:
  static constexpr std::string_view type_name = "Issue::RuleBook";
  using Events = seriatim::types<RuleAdded>;
  struct State {
    std::vector<Rule> rules;
  };

  using AggregateRoot::AggregateRoot;

  void add(Rule rule) { apply(RuleAdded{std::move(rule)}); }

  /// In the order in which they were added.
  [[nodiscard]] const std::vector<Rule>& rules() const { return state().rules; }

  static void on(State& s, const RuleAdded& e) { s.rules.push_back(e); }
};
BOOST_DESCRIBE_STRUCT(RuleBook::State, (), (rules))

}  // namespace issues
