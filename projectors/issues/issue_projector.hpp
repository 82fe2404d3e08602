#pragma once
// Keeps one row an issue.

#include "../../domain/issues/events.hpp"
#include "records.hpp"
#include "seriatim/projector.hpp"

namespace issues {

struct IssueProjector {
  static constexpr std::string_view type_name = "IssueProjector";
  using Manages = seriatim::records<IssueRecord>;
  using Events = seriatim::types<IssueOpened, CommentAdded, IssueClosed, IssueReopened>;

  void on(const seriatim::Event<IssueOpened>& e, seriatim::Views& views) const;
  void on(const seriatim::Event<CommentAdded>& e, seriatim::Views& views) const;
  void on(const seriatim::Event<IssueClosed>& e, seriatim::Views& views) const;
  void on(const seriatim::Event<IssueReopened>& e, seriatim::Views& views) const;
};

}  // namespace issues
