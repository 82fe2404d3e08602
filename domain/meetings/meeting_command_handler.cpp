#include "meeting_command_handler.hpp"

#include "meeting.hpp"

namespace meetings {

// What validation requires is there: the optionals are not empty.

void MeetingCommandHandler::handle(const ScheduleMeeting& command, seriatim::Repository& repository) const {
  repository.add<Meeting>(command.aggregate_id,
                          MeetingScheduled{command.time.value(), command.organizer_id.value(), command.invitee_ids});
}

void MeetingCommandHandler::handle(const RescheduleMeeting& command, seriatim::Repository& repository) const {
  repository.load<Meeting>(command.aggregate_id).reschedule(command.new_time.value());
}

void MeetingCommandHandler::handle(const AcceptMeeting& command, seriatim::Repository& repository) const {
  repository.load<Meeting>(command.aggregate_id).accept(command.user_id.value());
}

void MeetingCommandHandler::handle(const FinishMeeting& command, seriatim::Repository& repository) const {
  repository.load<Meeting>(command.aggregate_id).finish();
}

void MeetingCommandHandler::handle(const CancelMeeting& command, seriatim::Repository& repository) const {
  repository.load<Meeting>(command.aggregate_id).cancel();
}

}  // namespace meetings
