#pragma once
// How the git history's views grew.

#include "../../projectors/git_history/author_days_projector.hpp"
#include "../../projectors/git_history/file_churn_projector.hpp"
#include "seriatim/view_versions.hpp"

namespace git_history {

[[nodiscard]] inline seriatim::ViewVersions view_versions() {
  return seriatim::ViewVersions{}.version(
      1, {seriatim::replay<FileChurnProjector>(), seriatim::replay<AuthorDaysProjector>()});
}

}  // namespace git_history
