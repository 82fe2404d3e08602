#pragma once
// What each version of the views changes.

#include <seriatim/view_versions.hpp>

#include "projectors/post_projector.hpp"

namespace @project@ {

[[nodiscard]] inline seriatim::ViewVersions view_versions() {
  return seriatim::ViewVersions{}.version(1, {seriatim::replay<PostProjector>()});
}

}  // namespace @project@
