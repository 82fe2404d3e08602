#pragma once
// How the users' views grew.

#include "../../projectors/users/user_projector.hpp"
#include "seriatim/view_versions.hpp"

namespace users {

[[nodiscard]] inline seriatim::ViewVersions view_versions() {
  return seriatim::ViewVersions{}.version(1, {seriatim::replay<UserProjector>()});
}

}  // namespace users
