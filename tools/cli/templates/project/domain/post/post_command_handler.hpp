#pragma once
// Takes commands to posts.

#include <seriatim/repository.hpp>
#include <seriatim/types.hpp>

#include "domain/post/commands.hpp"

namespace @project@ {

struct PostCommandHandler {
  using Commands = seriatim::types<PublishPost, LikePost>;

  void handle(const PublishPost& command, seriatim::Repository& repository) const;
  void handle(const LikePost& command, seriatim::Repository& repository) const;
};

}  // namespace @project@
