#pragma once
// The rules of @an_aggregate@.

#include <seriatim/aggregate_root.hpp>
#include <seriatim/errors.hpp>

#include "domain/@aggregate@/events.hpp"

namespace @project@ {

class @Aggregate@ : public seriatim::AggregateRoot<@Aggregate@> {
 public:
  static constexpr std::string_view type_name = "@Project@::@Aggregate@";
  using Events = seriatim::types<@Aggregate@Created>;
  struct State {
    @members@
  };

  using AggregateRoot::AggregateRoot;

  void create(@parameters@);

  @fold@
};
BOOST_DESCRIBE_STRUCT(@Aggregate@::State, (), (@names@))

}  // namespace @project@
