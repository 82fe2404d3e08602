#include "domain/post/post.hpp"

#include <boost/test/unit_test.hpp>

#include <seriatim/testing/scenario.hpp>

#include "domain/plugin.hpp"
#include "domain/post/commands.hpp"
#include "projectors/records.hpp"

using namespace @project@;
using namespace seriatim::literals;

namespace {

struct PostScenario : seriatim::testing::Scenario {
  PostScenario() : Scenario{@project@::domain()} {}
  seriatim::AggregateId id = new_id();
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(post, PostScenario)

BOOST_AUTO_TEST_CASE(a_post_is_published_and_has_its_row) {
  when(PublishPost{{id}, "Hello"}).then(PostPublished{"Hello"}).then_rows<PostRecord>({{id, "Hello", 0}});
}

BOOST_AUTO_TEST_CASE(a_post_without_a_title_is_not_valid) {
  when(PublishPost{{id}, ""}).then_invalid({{"title", "blank"}});
}

BOOST_AUTO_TEST_CASE(readers_like_a_post) {
  given<Post>(id, PostPublished{"Hello"}, PostLiked{"Ann"});
  when(LikePost{{id}, "Bob"}).then(PostLiked{"Bob"}).then_rows<PostRecord>({{id, "Hello", 2}});
}

BOOST_AUTO_TEST_CASE(a_second_like_by_one_reader_is_refused) {
  given<Post>(id, PostPublished{"Hello"}, PostLiked{"Ann"});
  when(LikePost{{id}, "Ann"}).then_fails<LikedAlready>();
}

BOOST_AUTO_TEST_SUITE_END()
