// The domain of README.md. What stands between the markers is printed there, letter by letter, which
// tests/unit/readme_test.cpp checks; that test includes this file, so that the domain is compiled as well.

// [readme]
#include <algorithm>
#include <seriatim/seriatim.hpp>

std::span<const seriatim::SqlFile> blog_view_sql();  // posts.sql; seriatim_add_plugin writes the function

namespace blog {

struct PostPublished {  // events: what happened; names and members are stored for ever
  static constexpr std::string_view type_name = "Blog::Events::PostPublished";
  std::string title;
};
BOOST_DESCRIBE_STRUCT(PostPublished, (), (title))

struct PostLiked {
  static constexpr std::string_view type_name = "Blog::Events::PostLiked";
  std::string reader;
};
BOOST_DESCRIBE_STRUCT(PostLiked, (), (reader))

struct PublishPost : seriatim::Command {  // commands: what somebody asks for
  static constexpr std::string_view type_name = "Blog::Commands::PublishPost";
  std::string title;
};
BOOST_DESCRIBE_STRUCT(PublishPost, (seriatim::Command), (title))

struct LikePost : seriatim::Command {
  static constexpr std::string_view type_name = "Blog::Commands::LikePost";
  std::string reader;
};
BOOST_DESCRIBE_STRUCT(LikePost, (seriatim::Command), (reader))
inline void validate(const LikePost&, seriatim::Validation& v) {
  v.presence(&LikePost::reader);
}

class Post : public seriatim::AggregateRoot<Post> {  // the rules
 public:
  static constexpr std::string_view type_name = "Blog::Post";
  using Events = seriatim::types<PostPublished, PostLiked>;
  struct State {
    std::vector<std::string> liked_by;
  };

  using AggregateRoot::AggregateRoot;
  Post(const seriatim::AggregateId& id, const std::string& title) : AggregateRoot{id} { apply(PostPublished{title}); }
  void like(const std::string& reader) {
    if (std::ranges::count(state().liked_by, reader) != 0) {
      throw seriatim::DomainError{"liked_already", reader + " likes this post already"};
    }
    apply(PostLiked{reader});
  }
  static void on(State& s, const PostLiked& e) { s.liked_by.push_back(e.reader); }
};
BOOST_DESCRIBE_STRUCT(Post::State, (), (liked_by))

struct PostCommandHandler {  // takes commands to aggregates
  using Commands = seriatim::types<PublishPost, LikePost>;
  void handle(const PublishPost& c, seriatim::Repository& posts) const { posts.add<Post>(c.aggregate_id, c.title); }
  void handle(const LikePost& c, seriatim::Repository& posts) const { posts.load<Post>(c.aggregate_id).like(c.reader); }
};

struct PostRecord {  // a row of the table `posts`
  static constexpr std::string_view table = "posts";
  seriatim::Uuid aggregate_id{};
  std::string title;
  std::int64_t likes = 0;
};
BOOST_DESCRIBE_STRUCT(PostRecord, (), (aggregate_id, title, likes))

struct PostProjector {  // keeps the table in step with the events, in the transaction that stores them
  static constexpr std::string_view type_name = "PostProjector";
  using Manages = seriatim::records<PostRecord>;
  using Events = seriatim::types<PostPublished, PostLiked>;
  void on(const seriatim::Event<PostPublished>& e, seriatim::Views& views) const {
    views.create(PostRecord{e.aggregate_id, e->title, 0});
  }
  void on(const seriatim::Event<PostLiked>& e, seriatim::Views& views) const {
    views.update_one<PostRecord>(seriatim::by_aggregate(e), {seriatim::increase(&PostRecord::likes, 1)});
  }
};

SERIATIM_PLUGIN(blog, domain) {
  domain.aggregate<Post>().handler<PostCommandHandler>().projector<PostProjector>().views(
      seriatim::ViewVersions{}.version(1, {seriatim::replay<PostProjector>()}), blog_view_sql());
}

}  // namespace blog
// [/readme]
