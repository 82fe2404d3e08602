#pragma once
// Keeps one row an author and day: how many commits.

#include "records.hpp"
#include "seriatim/projector.hpp"

namespace git_history {

struct AuthorDaysProjector {
  static constexpr std::string_view type_name = "AuthorDaysProjector";
  using Manages = seriatim::records<AuthorDay>;
  using Events = seriatim::types<CommitRecorded>;

  void on(const seriatim::Event<CommitRecorded>& e, seriatim::Views& views) const;
};

}  // namespace git_history
