#include "plugin.hpp"

#include "../../migrations/meetings/view_versions.hpp"
#include "meeting.hpp"
#include "meeting_command_handler.hpp"
#include "seriatim/plugin.hpp"

std::span<const seriatim::SqlFile> meetings_view_sql();

namespace meetings {

SERIATIM_PLUGIN(meetings, domain) {
  domain.view_schema("meetings_views")
      .aggregate<Meeting>()
      .handler<MeetingCommandHandler>()
      .projector<MeetingProjector>()
      .projector<MeetingsPerDayProjector>()
      .views(view_versions(), meetings_view_sql());
}

}  // namespace meetings
