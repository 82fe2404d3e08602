#include "domain/@aggregate@/@aggregate@.hpp"

namespace @project@ {

void @Aggregate@::create(@parameters@) {
  apply(@Aggregate@Created{@moved@});
}

}  // namespace @project@
