#pragma once
// Somebody who wrote commits, told apart by e-mail address.

#include "events.hpp"
#include "seriatim/aggregate_root.hpp"

namespace git_history {

class Author : public seriatim::AggregateRoot<Author> {
 public:
  static constexpr std::string_view type_name = "GitHistory::Author";
  using Events = seriatim::types<CommitRecorded>;
  struct State {
    std::string name;  ///< As the last commit spells it.
    std::int32_t commits = 0;
    std::int32_t last_position = 0;
  };

  using AggregateRoot::AggregateRoot;

  /// Ignores a commit that is recorded already.
  void record(const Change& change, const std::string& name, const std::string& email) {
    if (change.position > state().last_position) apply(CommitRecorded{change, name, email});
  }

  static void on(State& s, const CommitRecorded& e) { s = {e.name, s.commits + 1, e.position}; }
};
BOOST_DESCRIBE_STRUCT(Author::State, (), (name, commits, last_position))

}  // namespace git_history
