#pragma once
// What happens to @an_aggregate@. The names and members are stored: they never change.

#include <seriatim/message.hpp>

namespace @project@ {

struct @Aggregate@Created {
  static constexpr std::string_view type_name = "@Project@::Events::@Aggregate@Created";
  @members@
};
BOOST_DESCRIBE_STRUCT(@Aggregate@Created, (), (@names@))

}  // namespace @project@
