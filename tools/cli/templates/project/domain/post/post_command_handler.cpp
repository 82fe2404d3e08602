#include "domain/post/post_command_handler.hpp"

#include "domain/post/post.hpp"

namespace @project@ {

void PostCommandHandler::handle(const PublishPost& command, seriatim::Repository& repository) const {
  repository.add<Post>(command.aggregate_id, command.title);
}

void PostCommandHandler::handle(const LikePost& command, seriatim::Repository& repository) const {
  repository.load<Post>(command.aggregate_id).like(command.reader);
}

}  // namespace @project@
