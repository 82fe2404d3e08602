#include "activity_projector.hpp"

namespace issues {

using seriatim::Event;
using seriatim::EventHeader;
using seriatim::increase;
using seriatim::set;
using seriatim::Views;
using seriatim::where;

void ActivityProjector::on(const Event<CommentViewTouched>& e, Views& views) const {
  views.update_one<ActivityRecord>(
      where(&ActivityRecord::aggregate_id, e.aggregate_id) && where(&ActivityRecord::number, e->number),
      {increase(&ActivityRecord::touches, 1), set(&ActivityRecord::touched_at, e->occurred_at)});
}

void ActivityProjector::add(const EventHeader& event, Action action, const Activity& activity, Views& views) {
  ActivityRecord row{.aggregate_id = event.aggregate_id,
                     .number = activity.number,
                     .action = action,
                     .actor = activity.actor,
                     .extra = activity.extra,
                     .occurred_at = activity.occurred_at,
                     .touched_at = activity.occurred_at};
  if (activity.record) {
    row.record_type = activity.record->type;
    row.record_id = activity.record->id;
  }
  views.create(row);
}

}  // namespace issues
