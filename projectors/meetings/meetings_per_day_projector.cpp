#include "meetings_per_day_projector.hpp"

namespace meetings {
namespace {

using seriatim::Event;
using seriatim::increase;
using seriatim::Timestamp;
using seriatim::Views;

/// Only added to, never set: two meetings that change at once may be counted in either order.
void count(Timestamp time, std::int64_t difference, Views& views) {
  const seriatim::Date day{std::chrono::floor<std::chrono::days>(time)};
  views.create_or_update(MeetingsOfDay{day, difference}, seriatim::key(&MeetingsOfDay::day),
                         {increase(&MeetingsOfDay::meetings, difference)});
}

}  // namespace

void MeetingsPerDayProjector::on(const Event<MeetingScheduled>& e, Views& views) const { count(e->time, 1, views); }

void MeetingsPerDayProjector::on(const Event<MeetingRescheduled>& e, Views& views) const {
  count(e->old_time, -1, views);
  count(e->time, 1, views);
}

void MeetingsPerDayProjector::on(const Event<MeetingCancelled>& e, Views& views) const { count(e->time, -1, views); }

}  // namespace meetings
