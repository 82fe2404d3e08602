#include "plugin.hpp"

#include "../../migrations/git_history/view_versions.hpp"
#include "../../projectors/git_history/author_days_projector.hpp"
#include "../../projectors/git_history/file_churn_projector.hpp"
#include "author.hpp"
#include "file.hpp"
#include "history_command_handler.hpp"
#include "seriatim/plugin.hpp"

std::span<const seriatim::SqlFile> git_history_view_sql();

namespace git_history {

SERIATIM_PLUGIN(git_history, domain) {
  domain.view_schema("git_history_views")
      .aggregate<File>()
      .aggregate<Author>()
      .handler<HistoryCommandHandler>()
      .projector<FileChurnProjector>()
      .projector<AuthorDaysProjector>()
      .views(view_versions(), git_history_view_sql());
}

}  // namespace git_history
