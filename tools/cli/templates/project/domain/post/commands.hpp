#pragma once
// What may be asked of a post, and what must hold before anybody is asked.

#include <seriatim/validation.hpp>

namespace @project@ {

struct PublishPost : seriatim::Command {
  static constexpr std::string_view type_name = "@Project@::Commands::PublishPost";
  std::string title;
};
BOOST_DESCRIBE_STRUCT(PublishPost, (seriatim::Command), (title))

inline void validate(const PublishPost&, seriatim::Validation& v) {
  v.presence(&PublishPost::title);
}

struct LikePost : seriatim::Command {
  static constexpr std::string_view type_name = "@Project@::Commands::LikePost";
  std::string reader;
};
BOOST_DESCRIBE_STRUCT(LikePost, (seriatim::Command), (reader))

inline void validate(const LikePost&, seriatim::Validation& v) {
  v.presence(&LikePost::reader);
}

}  // namespace @project@
