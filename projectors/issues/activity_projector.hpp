#pragma once
// Keeps one row an activity, which is what the feed shows.

#include "../../domain/issues/events.hpp"
#include "records.hpp"
#include "seriatim/projector.hpp"

namespace issues {

struct ActivityProjector {
  static constexpr std::string_view type_name = "ActivityProjector";
  using Manages = seriatim::records<ActivityRecord>;
  using Events = seriatim::types<CommentAdded, CommentViewed, LabelAdded, LabelRemoved, IssueClosed, IssueReopened,
                                 CommentViewTouched>;

  template <class E>
  void on(const seriatim::Event<E>& e, seriatim::Views& views) const {
    add(e, E::action, e.data, views);
  }
  void on(const seriatim::Event<CommentViewTouched>& e, seriatim::Views& views) const;

 private:
  static void add(const seriatim::EventHeader& event, Action action, const Activity& activity, seriatim::Views& views);
};

}  // namespace issues
