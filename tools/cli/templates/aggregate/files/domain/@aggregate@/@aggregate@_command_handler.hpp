#pragma once
// Takes commands to @an_aggregate@.

#include <seriatim/repository.hpp>
#include <seriatim/types.hpp>

#include "domain/@aggregate@/commands.hpp"

namespace @project@ {

struct @Aggregate@CommandHandler {
  using Commands = seriatim::types<Create@Aggregate@>;

  void handle(const Create@Aggregate@& command, seriatim::Repository& repository) const;
};

}  // namespace @project@
