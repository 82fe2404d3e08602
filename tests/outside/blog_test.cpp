// A test of the README's domain as a newcomer may write it, without any test framework.
#include <cstdio>
#include <seriatim/testing/scenario.hpp>

#include "../readme/blog.cpp"

namespace {

using namespace blog;

struct BlogScenario : seriatim::testing::Scenario {
  BlogScenario() : Scenario{blog::domain()} {}
  seriatim::AggregateId id = new_id();
};

void likes_are_counted() {
  BlogScenario blog;
  blog.given<Post>(blog.id, PostPublished{"Hello"})
      .when(LikePost{{blog.id}, "Ann"})
      .then(PostLiked{"Ann"})
      .then_rows<PostRecord>({{blog.id, "Hello", 1}});
}

void nobody_likes_twice() {
  BlogScenario blog;
  blog.given<Post>(blog.id, PostPublished{"Hello"}, PostLiked{"Ann"})
      .when(LikePost{{blog.id}, "Ann"})
      .then_fails<seriatim::DomainError>();
}

/// So that this program cannot pass with a kit that is content with everything.
void a_wrong_expectation_is_noticed() {
  BlogScenario blog;
  try {
    blog.when(PublishPost{{blog.id}, "Hello"}).then_nothing();
  } catch (const seriatim::testing::Failure&) {
    return;
  }
  throw std::logic_error{"then_nothing is content with an event"};
}

}  // namespace

int main() {
  try {
    likes_are_counted();
    nobody_likes_twice();
    a_wrong_expectation_is_noticed();
  } catch (const std::exception& failure) {
    std::puts(failure.what());
    return 1;
  }
  std::puts("3 scenarios hold");
}
