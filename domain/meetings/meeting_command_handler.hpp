#pragma once
// Takes commands to meetings.

#include "commands.hpp"
#include "seriatim/repository.hpp"
#include "seriatim/types.hpp"

namespace meetings {

struct MeetingCommandHandler {
  using Commands = seriatim::types<ScheduleMeeting, RescheduleMeeting, AcceptMeeting, FinishMeeting, CancelMeeting>;

  void handle(const ScheduleMeeting& command, seriatim::Repository& repository) const;
  void handle(const RescheduleMeeting& command, seriatim::Repository& repository) const;
  void handle(const AcceptMeeting& command, seriatim::Repository& repository) const;
  void handle(const FinishMeeting& command, seriatim::Repository& repository) const;
  void handle(const CancelMeeting& command, seriatim::Repository& repository) const;
};

}  // namespace meetings
