#pragma once
// Keeps one row a meeting, and one for each of its invitees.

#include "../../domain/meetings/events.hpp"
#include "records.hpp"
#include "seriatim/projector.hpp"

namespace meetings {

struct MeetingProjector {
  static constexpr std::string_view type_name = "MeetingProjector";
  using Manages = seriatim::records<MeetingRecord, MeetingInvitee>;
  using Events =
      seriatim::types<MeetingScheduled, MeetingRescheduled, MeetingAccepted, MeetingFinished, MeetingCancelled>;

  void on(const seriatim::Event<MeetingScheduled>& e, seriatim::Views& views) const;
  void on(const seriatim::Event<MeetingRescheduled>& e, seriatim::Views& views) const;
  void on(const seriatim::Event<MeetingAccepted>& e, seriatim::Views& views) const;
  void on(const seriatim::Event<MeetingFinished>& e, seriatim::Views& views) const;
  void on(const seriatim::Event<MeetingCancelled>& e, seriatim::Views& views) const;
};

}  // namespace meetings
