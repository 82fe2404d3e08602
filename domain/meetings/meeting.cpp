#include "meeting.hpp"

#include <algorithm>

namespace meetings {
namespace {

bool contains(const std::vector<std::int32_t>& ids, std::int32_t id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

}  // namespace

MeetingNotScheduled::MeetingNotScheduled()
    : DomainError{"meeting_not_scheduled", "the meeting is finished or cancelled: schedule another one"} {}

NotInvited::NotInvited(std::int32_t user_id)
    : DomainError{"not_invited", "user " + std::to_string(user_id) + " is not invited to the meeting"} {}

AlreadyAccepted::AlreadyAccepted(std::int32_t user_id)
    : DomainError{"already_accepted", "user " + std::to_string(user_id) + " has accepted the meeting already"} {}

Meeting::Meeting(const seriatim::AggregateId& id, const MeetingScheduled& event) : AggregateRoot{id} { apply(event); }

void Meeting::reschedule(seriatim::Timestamp new_time) {
  require_scheduled();
  apply(MeetingRescheduled{state().time, new_time});
}

void Meeting::accept(std::int32_t user_id) {
  require_scheduled();
  if (!contains(state().invitee_ids, user_id)) throw NotInvited{user_id};
  if (contains(state().accepted_ids, user_id)) throw AlreadyAccepted{user_id};
  apply(MeetingAccepted{user_id});
}

void Meeting::finish() {
  require_scheduled();
  apply(MeetingFinished{});
}

void Meeting::cancel() {
  require_scheduled();
  apply(MeetingCancelled{state().time});
}

void Meeting::require_scheduled() const {
  if (!state().scheduled) throw MeetingNotScheduled{};
}

}  // namespace meetings
