#include "meeting_projector.hpp"

namespace meetings {

using seriatim::by_aggregate;
using seriatim::Event;
using seriatim::increase;
using seriatim::set;
using seriatim::Views;
using seriatim::where;

void MeetingProjector::on(const Event<MeetingScheduled>& e, Views& views) const {
  views.create(MeetingRecord{e.aggregate_id, e->time, e->organizer_id, "scheduled", 0});
  for (const std::int32_t user_id : e->invitee_ids) views.create(MeetingInvitee{e.aggregate_id, user_id, false});
}

void MeetingProjector::on(const Event<MeetingRescheduled>& e, Views& views) const {
  views.update_one<MeetingRecord>(by_aggregate(e), {set(&MeetingRecord::time, e->time)});
}

void MeetingProjector::on(const Event<MeetingAccepted>& e, Views& views) const {
  views.update_one<MeetingRecord>(by_aggregate(e), {increase(&MeetingRecord::attendee_count, 1)});
  views.update_one<MeetingInvitee>(
      where(&MeetingInvitee::aggregate_id, e.aggregate_id) && where(&MeetingInvitee::user_id, e->user_id),
      {set(&MeetingInvitee::accepted, true)});
}

void MeetingProjector::on(const Event<MeetingFinished>& e, Views& views) const {
  views.update_one<MeetingRecord>(by_aggregate(e), {set(&MeetingRecord::status, "finished")});
}

void MeetingProjector::on(const Event<MeetingCancelled>& e, Views& views) const {
  views.update_one<MeetingRecord>(by_aggregate(e), {set(&MeetingRecord::status, "cancelled")});
}

}  // namespace meetings
