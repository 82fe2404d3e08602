#include "domain/post/post.hpp"

#include <algorithm>

namespace @project@ {

LikedAlready::LikedAlready(const std::string& reader)
    : DomainError{"liked_already", reader + " likes this post already"} {}

Post::Post(const seriatim::AggregateId& id, std::string title) : AggregateRoot{id} {
  apply(PostPublished{std::move(title)});
}

void Post::like(std::string reader) {
  if (std::ranges::count(state().liked_by, reader) != 0) throw LikedAlready{reader};
  apply(PostLiked{std::move(reader)});
}

}  // namespace @project@
