#pragma once
// The rows of the meetings' views.

#include "seriatim/views.hpp"

namespace meetings {

/// One row a meeting.
struct MeetingRecord {
  static constexpr std::string_view table = "meeting_records";
  seriatim::Uuid aggregate_id{};
  seriatim::Timestamp time{};
  std::int32_t organizer_id = 0;
  std::string status;  ///< "scheduled", "finished" or "cancelled".
  std::int32_t attendee_count = 0;  ///< How many have accepted.
};
BOOST_DESCRIBE_STRUCT(MeetingRecord, (), (aggregate_id, time, organizer_id, status, attendee_count))

/// One row an invitee of a meeting.
struct MeetingInvitee {
  static constexpr std::string_view table = "meeting_invitees";
  seriatim::Uuid aggregate_id{};
  std::int32_t user_id = 0;
  bool accepted = false;
};
BOOST_DESCRIBE_STRUCT(MeetingInvitee, (), (aggregate_id, user_id, accepted))

/// One row a day (in UTC) for which a meeting was ever scheduled.
struct MeetingsOfDay {
  static constexpr std::string_view table = "meetings_per_day";
  seriatim::Date day{};
  std::int64_t meetings = 0;  ///< Without those that were cancelled, or moved to another day.
};
BOOST_DESCRIBE_STRUCT(MeetingsOfDay, (), (day, meetings))

}  // namespace meetings
