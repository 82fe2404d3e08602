#pragma once
// Counts the meetings of each day, over all aggregates.

#include "../../domain/meetings/events.hpp"
#include "records.hpp"
#include "seriatim/projector.hpp"

namespace meetings {

struct MeetingsPerDayProjector {
  static constexpr std::string_view type_name = "MeetingsPerDayProjector";
  /// Many meetings share a row, so that a rebuild takes the events in the order of commits.
  static constexpr seriatim::Ordering ordering = seriatim::Ordering::global;
  using Manages = seriatim::records<MeetingsOfDay>;
  using Events = seriatim::types<MeetingScheduled, MeetingRescheduled, MeetingCancelled>;

  void on(const seriatim::Event<MeetingScheduled>& e, seriatim::Views& views) const;
  void on(const seriatim::Event<MeetingRescheduled>& e, seriatim::Views& views) const;
  void on(const seriatim::Event<MeetingCancelled>& e, seriatim::Views& views) const;
};

}  // namespace meetings
