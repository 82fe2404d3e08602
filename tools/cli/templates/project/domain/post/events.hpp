#pragma once
// What happens to a post. The names and members are stored: they never change.

#include <seriatim/message.hpp>

namespace @project@ {

struct PostPublished {
  static constexpr std::string_view type_name = "@Project@::Events::PostPublished";
  std::string title;
};
BOOST_DESCRIBE_STRUCT(PostPublished, (), (title))

struct PostLiked {
  static constexpr std::string_view type_name = "@Project@::Events::PostLiked";
  std::string reader;
};
BOOST_DESCRIBE_STRUCT(PostLiked, (), (reader))

}  // namespace @project@
