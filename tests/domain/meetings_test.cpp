// Meetings, as their author tests them: on both stores, by one text.
#include <boost/test/unit_test.hpp>

#include "../../projectors/meetings/records.hpp"
#include "meetings/commands.hpp"
#include "meetings/meeting.hpp"
#include "meetings/plugin.hpp"
#include "seriatim/testing/scenario.hpp"

using namespace seriatim;
using namespace seriatim::testing;
using namespace meetings;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

namespace {

struct MeetingScenario : Scenario {
  MeetingScenario() : Scenario{meetings::domain()} {}

  static Date day_of(Timestamp moment) { return Date{std::chrono::floor<days>(moment)}; }
  void given_meeting() { given<Meeting>(id, MeetingScheduled{time, 1, {2, 3}}); }

  AggregateId id = new_id();
  Timestamp now = clock().now();
  Timestamp time = now + hours{1};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(meetings_by_their_author, MeetingScenario)

BOOST_AUTO_TEST_CASE(a_meeting_is_scheduled_with_a_row_for_each_invitee) {
  when(ScheduleMeeting{{id}, time, 1, {2, 3}})
      .then(at(id, MeetingScheduled{time, 1, {2, 3}}))
      .then_rows<MeetingRecord>({{id, time, 1, "scheduled", 0}})
      .then_rows<MeetingInvitee>({{id, 2, false}, {id, 3, false}})
      .then_rows<MeetingsOfDay>({{day_of(time), 1}});
}

BOOST_AUTO_TEST_CASE(a_meeting_is_more_than_five_minutes_away) {
  when(ScheduleMeeting{{id}, now + minutes{5}, 1, {}}).then_invalid({{"time", "greater_than"}});
  when(ScheduleMeeting{{id}, now + minutes{5} + std::chrono::milliseconds{1}, 1, {}}).then<MeetingScheduled>();
}

BOOST_AUTO_TEST_CASE(the_same_meeting_is_too_late_when_time_has_passed) {
  clock().advance(minutes{55});
  when(ScheduleMeeting{{id}, time, 1, {}}).then_invalid({{"time", "greater_than"}});
}

BOOST_AUTO_TEST_CASE(all_that_is_wrong_is_told_by_field) {
  when(ScheduleMeeting{{id}, now, {}, {2, 2}})
      .then_invalid({{"time", "greater_than"}, {"organizer_id", "blank"}, {"invitee_ids", "repeated"}});
  when(ScheduleMeeting{{id}, {}, {}, {}}).then_invalid({{"time", "blank"}, {"organizer_id", "blank"}});
  when(RescheduleMeeting{{id}, {}}).then_invalid({{"new_time", "blank"}});
  when(RescheduleMeeting{{id}, now + minutes{5}}).then_invalid({{"new_time", "greater_than"}});
  when(AcceptMeeting{{id}, {}}).then_invalid({{"user_id", "blank"}});
}

BOOST_AUTO_TEST_CASE(invitees_accept_once_each_and_are_counted) {
  given_meeting();
  when(AcceptMeeting{{id}, 2}).then(MeetingAccepted{2}).then_rows<MeetingRecord>({{id, time, 1, "scheduled", 1}});
  when(AcceptMeeting{{id}, 2}).then_fails<AlreadyAccepted>();
  when(AcceptMeeting{{id}, 3})
      .then(MeetingAccepted{3})
      .then_rows<MeetingRecord>({{id, time, 1, "scheduled", 2}})
      .then_rows<MeetingInvitee>({{id, 2, true}, {id, 3, true}});
}

BOOST_AUTO_TEST_CASE(somebody_who_is_not_invited_cannot_accept) {
  given_meeting();
  when(AcceptMeeting{{id}, 1}).then_fails<NotInvited>();
  then_rows<MeetingRecord>({{id, time, 1, "scheduled", 0}});
}

BOOST_AUTO_TEST_CASE(a_meeting_that_moves_is_counted_on_its_new_day) {
  given_meeting();
  when(RescheduleMeeting{{id}, time + days{1}})
      .then(MeetingRescheduled{time, time + days{1}})
      .then_rows<MeetingRecord>({{id, time + days{1}, 1, "scheduled", 0}})
      .then_rows<MeetingsOfDay>({{day_of(time), 0}, {day_of(time + days{1}), 1}});
}

BOOST_AUTO_TEST_CASE(meetings_of_one_day_share_its_row) {
  given_meeting();
  const AggregateId other = new_id();
  given<Meeting>(other, MeetingScheduled{time + hours{2}, 4, {}});
  then_rows<MeetingsOfDay>({{day_of(time), 2}});
  when(CancelMeeting{{other}})
      .then(at(other, MeetingCancelled{time + hours{2}}))
      .then_rows<MeetingsOfDay>({{day_of(time), 1}})
      .then_row(where(&MeetingRecord::aggregate_id, other), {other, time + hours{2}, 4, "cancelled", 0});
}

BOOST_AUTO_TEST_CASE(nothing_can_be_done_to_a_finished_meeting) {
  given_meeting();
  when(FinishMeeting{{id}}).then(MeetingFinished{}).then_rows<MeetingRecord>({{id, time, 1, "finished", 0}});
  when(AcceptMeeting{{id}, 2}).then_fails<MeetingNotScheduled>();
  when(RescheduleMeeting{{id}, time}).then_fails<MeetingNotScheduled>();
  when(FinishMeeting{{id}}).then_fails<MeetingNotScheduled>();
  when(CancelMeeting{{id}}).then_fails<MeetingNotScheduled>();
  then_rows<MeetingsOfDay>({{day_of(time), 1}});
}

BOOST_AUTO_TEST_CASE(nothing_can_be_done_to_a_cancelled_meeting) {
  given<Meeting>(id, MeetingScheduled{time, 1, {2, 3}}, MeetingCancelled{time});
  when(AcceptMeeting{{id}, 2}).then_fails<MeetingNotScheduled>();
  when(RescheduleMeeting{{id}, time}).then_fails<MeetingNotScheduled>();
  when(FinishMeeting{{id}}).then_fails<MeetingNotScheduled>();
  when(CancelMeeting{{id}}).then_fails<MeetingNotScheduled>();
}

BOOST_AUTO_TEST_CASE(a_missing_meeting_is_not_accepted) {
  when(AcceptMeeting{{id}, 2}).then_fails(ErrorCode::aggregate_not_found);
}

BOOST_AUTO_TEST_SUITE_END()
