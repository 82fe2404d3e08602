#include "domain/plugin.hpp"

#include <seriatim/plugin.hpp>

#include "domain/post/post.hpp"
#include "domain/post/post_command_handler.hpp"
#include "migrations/view_versions.hpp"
#include "projectors/post_projector.hpp"

std::span<const seriatim::SqlFile> @project@_view_sql();  // the files of sql/views; seriatim_add_plugin writes the function

namespace @project@ {

SERIATIM_PLUGIN(@project@, domain) {
  domain.aggregate<Post>().handler<PostCommandHandler>();
  domain.projector<PostProjector>();
  domain.views(view_versions(), @project@_view_sql());
}

}  // namespace @project@
