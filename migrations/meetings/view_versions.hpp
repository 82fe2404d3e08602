#pragma once
// How the meetings' views grew.

#include "../../projectors/meetings/meeting_projector.hpp"
#include "../../projectors/meetings/meetings_per_day_projector.hpp"
#include "seriatim/view_versions.hpp"

namespace meetings {

[[nodiscard]] inline seriatim::ViewVersions view_versions() {
  return seriatim::ViewVersions{}.version(
      1, {seriatim::replay<MeetingProjector>(), seriatim::replay<MeetingsPerDayProjector>()});
}

}  // namespace meetings
