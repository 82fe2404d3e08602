#pragma once
// The rows of the views.

#include <seriatim/views.hpp>

namespace @project@ {

/// One row a post.
struct PostRecord {
  static constexpr std::string_view table = "posts";
  seriatim::Uuid aggregate_id{};
  std::string title;
  std::int64_t likes = 0;
};
BOOST_DESCRIBE_STRUCT(PostRecord, (), (aggregate_id, title, likes))

}  // namespace @project@
