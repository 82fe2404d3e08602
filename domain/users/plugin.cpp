#include "plugin.hpp"

#include "../../migrations/users/view_versions.hpp"
#include "seriatim/plugin.hpp"
#include "user.hpp"
#include "user_command_handler.hpp"

std::span<const seriatim::SqlFile> users_view_sql();

namespace users {

SERIATIM_PLUGIN(users, domain) {
  domain.view_schema("users_views")
      .aggregate<User>()
      .handler<UserCommandHandler>()
      .projector<UserProjector>()
      .views(view_versions(), users_view_sql());
}

}  // namespace users
