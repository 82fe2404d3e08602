#include "author_days_projector.hpp"

namespace git_history {

void AuthorDaysProjector::on(const seriatim::Event<CommitRecorded>& e, seriatim::Views& views) const {
  const std::string& author = e->name.empty() ? e->email : e->name;
  const seriatim::Date day{std::chrono::floor<std::chrono::days>(e->committed_at)};
  views.create_or_update(AuthorDay{e.aggregate_id, author, day, 1},
                         seriatim::key(&AuthorDay::aggregate_id, &AuthorDay::day),
                         {seriatim::set(&AuthorDay::author, author), seriatim::increase(&AuthorDay::commits, 1)});
}

}  // namespace git_history
