#pragma once
// Keeps one row a post, with the number of its likes.

#include <seriatim/projector.hpp>

#include "domain/post/events.hpp"
#include "projectors/records.hpp"

namespace @project@ {

struct PostProjector {
  static constexpr std::string_view type_name = "PostProjector";
  using Manages = seriatim::records<PostRecord>;
  using Events = seriatim::types<PostPublished, PostLiked>;

  void on(const seriatim::Event<PostPublished>& e, seriatim::Views& views) const;
  void on(const seriatim::Event<PostLiked>& e, seriatim::Views& views) const;
};

}  // namespace @project@
