#include "inboxes.hpp"

#include "events.hpp"

namespace issues {
namespace {

using seriatim::AnyEvent;
using seriatim::exact;
using seriatim::is_a;
using seriatim::Workflow;
using seriatim::WorkflowHandler;

void deliver_after_commit(const std::string& inbox, const std::shared_ptr<Outbox>& outbox, const AnyEvent& e,
                          Workflow& workflow) {
  const Activity& activity = *e.get<Activity>();
  Delivery delivery{inbox, e.aggregate_id, activity.number, action_of(e), activity.actor, activity.extra};
  workflow.after_commit([outbox, delivery = std::move(delivery)] { outbox->deliver(delivery); },
                        seriatim::AfterCommitErrors::ignore);
}

}  // namespace

std::vector<WorkflowHandler> EmailInbox::matches() {
  return {seriatim::on(&EmailInbox::deliver, exact<CommentAdded>(), exact<IssueClosed>())};
}

void EmailInbox::deliver(const AnyEvent& e, Workflow& workflow) const {
  deliver_after_commit("email", outbox, e, workflow);
}

std::vector<WorkflowHandler> NotificationInbox::matches() {
  return {seriatim::on(&NotificationInbox::deliver, is_a<Activity>().except<CommentViewed>())};
}

void NotificationInbox::deliver(const AnyEvent& e, Workflow& workflow) const {
  deliver_after_commit("notification", outbox, e, workflow);
}

std::vector<WorkflowHandler> ChatInbox::matches() {
  return {seriatim::on(&ChatInbox::deliver, exact<IssueClosed>(), exact<IssueReopened>())};
}

void ChatInbox::deliver(const AnyEvent& e, Workflow& workflow) const {
  deliver_after_commit("chat", outbox, e, workflow);
}

}  // namespace issues
