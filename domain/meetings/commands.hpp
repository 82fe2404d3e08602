#pragma once
// What may be asked of a meeting, and what must hold before anybody is asked.

#include <algorithm>

#include "seriatim/validation.hpp"

namespace meetings {

/// A meeting begins later than this after it is asked for.
inline constexpr std::chrono::minutes least_notice{5};

struct ScheduleMeeting : seriatim::Command {
  static constexpr std::string_view type_name = "Meeting::Commands::ScheduleMeeting";
  std::optional<seriatim::Timestamp> time;
  std::optional<std::int32_t> organizer_id;
  std::vector<std::int32_t> invitee_ids;
};
BOOST_DESCRIBE_STRUCT(ScheduleMeeting, (seriatim::Command), (time, organizer_id, invitee_ids))

struct RescheduleMeeting : seriatim::Command {
  static constexpr std::string_view type_name = "Meeting::Commands::RescheduleMeeting";
  std::optional<seriatim::Timestamp> new_time;
};
BOOST_DESCRIBE_STRUCT(RescheduleMeeting, (seriatim::Command), (new_time))

struct AcceptMeeting : seriatim::Command {
  static constexpr std::string_view type_name = "Meeting::Commands::AcceptMeeting";
  std::optional<std::int32_t> user_id;  ///< Who accepts; hides the UUID of who asks.
};
BOOST_DESCRIBE_STRUCT(AcceptMeeting, (seriatim::Command), (user_id))

struct FinishMeeting : seriatim::Command {
  static constexpr std::string_view type_name = "Meeting::Commands::FinishMeeting";
};
BOOST_DESCRIBE_STRUCT(FinishMeeting, (seriatim::Command), ())

struct CancelMeeting : seriatim::Command {
  static constexpr std::string_view type_name = "Meeting::Commands::CancelMeeting";
};
BOOST_DESCRIBE_STRUCT(CancelMeeting, (seriatim::Command), ())

/// Nobody can be invited twice: each has one answer to give.
inline std::optional<seriatim::AttributeError> without_repetition(std::vector<std::int32_t> ids) {
  std::sort(ids.begin(), ids.end());
  if (std::adjacent_find(ids.begin(), ids.end()) == ids.end()) return std::nullopt;
  return seriatim::AttributeError{"repeated", "names somebody twice"};
}

/// The command's `created_at` is the time of the application's clock, unless whoever asks gives another.
inline void validate(const ScheduleMeeting& c, seriatim::Validation& v) {
  v.presence(&ScheduleMeeting::time);
  v.comparison(&ScheduleMeeting::time).greater_than(c.created_at + least_notice);
  v.presence(&ScheduleMeeting::organizer_id);
  v.check(&ScheduleMeeting::invitee_ids, without_repetition);
}

inline void validate(const RescheduleMeeting& c, seriatim::Validation& v) {
  v.presence(&RescheduleMeeting::new_time);
  v.comparison(&RescheduleMeeting::new_time).greater_than(c.created_at + least_notice);
}

inline void validate(const AcceptMeeting&, seriatim::Validation& v) { v.presence(&AcceptMeeting::user_id); }

}  // namespace meetings
