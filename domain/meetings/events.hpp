#pragma once
// What happens to a meeting. The names and members are stored: they never change.

#include "seriatim/message.hpp"

namespace meetings {

struct MeetingScheduled {
  static constexpr std::string_view type_name = "Meeting::Scheduled";
  seriatim::Timestamp time{};
  std::int32_t organizer_id = 0;
  std::vector<std::int32_t> invitee_ids;
};
BOOST_DESCRIBE_STRUCT(MeetingScheduled, (), (time, organizer_id, invitee_ids))

/// It names the time that is given up, so that whoever counts by day need not remember it.
struct MeetingRescheduled {
  static constexpr std::string_view type_name = "Meeting::Rescheduled";
  seriatim::Timestamp old_time{};
  seriatim::Timestamp time{};
};
BOOST_DESCRIBE_STRUCT(MeetingRescheduled, (), (old_time, time))

struct MeetingAccepted {
  static constexpr std::string_view type_name = "Meeting::Accepted";
  std::int32_t user_id = 0;
};
BOOST_DESCRIBE_STRUCT(MeetingAccepted, (), (user_id))

struct MeetingFinished {
  static constexpr std::string_view type_name = "Meeting::Finished";
};
BOOST_DESCRIBE_STRUCT(MeetingFinished, (), ())

/// `time` is when it would have been.
struct MeetingCancelled {
  static constexpr std::string_view type_name = "Meeting::Cancelled";
  seriatim::Timestamp time{};
};
BOOST_DESCRIBE_STRUCT(MeetingCancelled, (), (time))

}  // namespace meetings
