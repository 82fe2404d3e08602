#include "issue_projector.hpp"

namespace issues {

using seriatim::by_aggregate;
using seriatim::Event;
using seriatim::increase;
using seriatim::set;
using seriatim::Views;

void IssueProjector::on(const Event<IssueOpened>& e, Views& views) const {
  views.create(IssueRecord{e.aggregate_id, e->title, true, 0, {}});
}

void IssueProjector::on(const Event<CommentAdded>& e, Views& views) const {
  views.update_one<IssueRecord>(by_aggregate(e), {increase(&IssueRecord::comments, 1),
                                                  set(&IssueRecord::last_commented_at, e->occurred_at)});
}

void IssueProjector::on(const Event<IssueClosed>& e, Views& views) const {
  views.update_one<IssueRecord>(by_aggregate(e), {set(&IssueRecord::open, false)});
}

void IssueProjector::on(const Event<IssueReopened>& e, Views& views) const {
  views.update_one<IssueRecord>(by_aggregate(e), {set(&IssueRecord::open, true)});
}

}  // namespace issues
