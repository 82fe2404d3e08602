#pragma once
// A post: it is published once, and a reader likes it once.

#include <seriatim/aggregate_root.hpp>
#include <seriatim/errors.hpp>

#include "domain/post/events.hpp"

namespace @project@ {

/// Refuses a second like by the same reader.
class LikedAlready : public seriatim::DomainError {
 public:
  explicit LikedAlready(const std::string& reader);
};

class Post : public seriatim::AggregateRoot<Post> {
 public:
  static constexpr std::string_view type_name = "@Project@::Post";
  using Events = seriatim::types<PostPublished, PostLiked>;
  struct State {
    std::string title;
    std::vector<std::string> liked_by;
  };

  using AggregateRoot::AggregateRoot;
  Post(const seriatim::AggregateId& id, std::string title);

  void like(std::string reader);

  static void on(State& s, const PostPublished& e) { s.title = e.title; }
  static void on(State& s, const PostLiked& e) { s.liked_by.push_back(e.reader); }
};
BOOST_DESCRIBE_STRUCT(Post::State, (), (title, liked_by))

}  // namespace @project@
