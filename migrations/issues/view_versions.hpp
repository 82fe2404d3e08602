#pragma once
// How the views of issues grew. Version 2 fills `last_commented_at` of issues from events that were stored before it.

#include "../../projectors/issues/activity_projector.hpp"
#include "../../projectors/issues/issue_projector.hpp"
#include "seriatim/view_versions.hpp"

namespace issues {

[[nodiscard]] inline seriatim::ViewVersions view_versions() {
  return seriatim::ViewVersions{}
      .version(1, {seriatim::replay<IssueProjector>(), seriatim::replay<ActivityProjector>()})
      .version(2, {seriatim::replay<IssueProjector>()});
}

}  // namespace issues
