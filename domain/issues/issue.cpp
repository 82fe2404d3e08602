#include "issue.hpp"

#include <algorithm>

namespace issues {
namespace {

using seriatim::DomainError;
using seriatim::same_attributes;

bool has(const std::vector<std::string>& labels, const std::string& label) {
  return std::ranges::find(labels, label) != labels.end();
}

/// Whether a view at `now` follows one at `last` so soon that it is no activity of its own.
bool within_window(seriatim::Timestamp last, seriatim::Timestamp now) { return now <= last + view_window; }

}  // namespace

Issue::Issue(const seriatim::AggregateId& id, IssueOpened opened) : AggregateRoot{id} { apply(std::move(opened)); }

void Issue::take(Action action, Activity activity) {
  activity.number = state().activities + 1;
  switch (action) {
    case Action::comment_added: return apply(CommentAdded{std::move(activity)});
    case Action::comment_viewed: return view(std::move(activity));
    case Action::label_added: return add_label(std::move(activity));
    case Action::label_removed: return remove_label(std::move(activity));
    case Action::closed: return close(std::move(activity));
    case Action::reopened: return reopen(std::move(activity));
  }
}

void Issue::follow(std::int32_t rule, const std::vector<RuleAction>& actions, const Activity& activity) {
  apply(RuleMatched{rule, activity.number, activity.depth + 1, actions});
}

void Issue::view(Activity activity) {
  const auto last = std::ranges::find_if(state().views, [&](const RecentView& view) {
    return view.actor == activity.actor && same_attributes(view.record, *activity.record);
  });
  if (last != state().views.end() && within_window(last->at, activity.occurred_at)) {
    apply(CommentViewTouched{last->number, std::max(last->at, activity.occurred_at)});
  } else {
    apply(CommentViewed{std::move(activity)});
  }
}

void Issue::add_label(Activity activity) {
  const std::string& label = *activity.extra.label;
  if (has(state().labels, label)) {
    throw DomainError{"labelled_already", "the issue has the label " + label + " already"};
  }
  apply(LabelAdded{std::move(activity)});
}

void Issue::remove_label(Activity activity) {
  const std::string& label = *activity.extra.label;
  if (!has(state().labels, label)) throw DomainError{"not_labelled", "the issue does not have the label " + label};
  apply(LabelRemoved{std::move(activity)});
}

void Issue::close(Activity activity) {
  if (!state().open) throw DomainError{"issue_closed", "the issue is closed already"};
  apply(IssueClosed{std::move(activity)});
}

void Issue::reopen(Activity activity) {
  if (state().open) throw DomainError{"issue_open", "the issue is open, and only a closed one can be reopened"};
  apply(IssueReopened{std::move(activity)});
}

void Issue::on(State& s, const CommentViewed& e) {
  s.activities = e.number;
  // Those that nothing can follow any more are forgotten, so that the state does not grow with the issue's age.
  std::erase_if(s.views, [&](const RecentView& view) {
    return !within_window(view.at, e.occurred_at) ||
           (view.actor == e.actor && same_attributes(view.record, *e.record));
  });
  s.views.push_back({e.actor, *e.record, e.number, e.occurred_at});
}

void Issue::on(State& s, const CommentViewTouched& e) {
  for (RecentView& view : s.views) {
    if (view.number == e.number) view.at = e.occurred_at;
  }
}

void Issue::on(State& s, const LabelAdded& e) {
  s.activities = e.number;
  s.labels.push_back(*e.extra.label);
}

void Issue::on(State& s, const LabelRemoved& e) {
  s.activities = e.number;
  std::erase(s.labels, *e.extra.label);
}

void Issue::on(State& s, const IssueClosed& e) {
  s.activities = e.number;
  s.open = false;
}

void Issue::on(State& s, const IssueReopened& e) {
  s.activities = e.number;
  s.open = true;
}

}  // namespace issues
