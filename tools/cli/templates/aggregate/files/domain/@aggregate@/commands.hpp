#pragma once
// What may be asked of @an_aggregate@, and what must hold before anybody is asked.

#include <seriatim/validation.hpp>

namespace @project@ {

struct Create@Aggregate@ : seriatim::Command {
  static constexpr std::string_view type_name = "@Project@::Commands::Create@Aggregate@";
  @members@
};
BOOST_DESCRIBE_STRUCT(Create@Aggregate@, (seriatim::Command), (@names@))

@validation@

}  // namespace @project@
