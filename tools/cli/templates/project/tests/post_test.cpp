#include "domain/post/post.hpp"

#include <boost/test/unit_test.hpp>

#include "domain/post/commands.hpp"

using namespace @project@;

BOOST_AUTO_TEST_SUITE(post)

BOOST_AUTO_TEST_CASE(a_reader_likes_a_post_once) {
  Post post{seriatim::new_uuid(), "Hello"};
  post.like("Ann");
  post.like("Bob");
  BOOST_CHECK_THROW(post.like("Ann"), LikedAlready);
  BOOST_TEST(post.sequence_number() == 3);
}

BOOST_AUTO_TEST_CASE(a_post_without_a_title_is_not_valid) {
  BOOST_TEST(seriatim::validation_errors(PublishPost{{.aggregate_id = seriatim::new_uuid()}, ""}).contains("title"));
}

BOOST_AUTO_TEST_SUITE_END()
