// What a store keeps of aggregates: of one server, the newest, within a limit.
#include "store/postgres/kept_aggregates.hpp"

#include <boost/test/unit_test.hpp>

#include "core/aggregate_access.hpp"
#include "support/shelf.hpp"

using namespace seriatim;
using core::AggregateAccess;
using core::CachedAggregate;

namespace {

struct Fixture {
  core::Registry registry{{shelf::domain(std::make_shared<shelf::Deeds>())}};
  AggregateId id = new_uuid();

  CachedAggregate book(const AggregateId& book_id, std::int32_t version, int edition = 1) const {
    auto aggregate = std::make_unique<shelf::Book>(book_id);
    AggregateAccess::set_stored(*aggregate, version);
    return {registry.aggregate(shelf::Book::type_name), std::move(aggregate), std::to_string(edition)};
  }
  static std::int32_t version_of(const std::optional<CachedAggregate>& kept) {
    return kept ? AggregateAccess::stored(*kept->aggregate) : 0;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(kept_aggregates, Fixture)

BOOST_AUTO_TEST_CASE(what_was_seen_on_one_server_is_not_there_on_another) {
  postgres::KeptAggregates kept{registry, {1'000'000, true}};
  kept.keep("server", {book(id, 3)}, {});
  BOOST_TEST(version_of(kept.find(id, "server")) == 3);
  BOOST_TEST(!kept.find(id, "the same, started anew"));
  BOOST_TEST(!kept.find(id, "server"));
}

BOOST_AUTO_TEST_CASE(the_newest_state_stays_whichever_thread_comes_last) {
  postgres::KeptAggregates kept{registry, {1'000'000, true}};
  kept.keep("server", {book(id, 3)}, {});
  kept.keep("server", {book(id, 2)}, {});
  BOOST_TEST(version_of(kept.find(id, "server")) == 3);
  kept.keep("server", {book(id, 1, 2)}, {});  // Made again under the same id.
  BOOST_TEST(version_of(kept.find(id, "server")) == 1);
}

BOOST_AUTO_TEST_CASE(what_was_not_used_for_longest_goes_first_when_memory_is_short) {
  postgres::KeptAggregates kept{registry, {1'000, true}};
  std::vector<AggregateId> ids;
  for (int i = 0; i < 20; ++i) {
    ids.push_back(new_uuid());
    kept.keep("server", {book(ids.back(), 1)}, {});
    BOOST_TEST(kept.find(ids.front(), "server").has_value());
  }
  const auto count = std::count_if(ids.begin(), ids.end(), [&](const AggregateId& each) {
    return kept.find(each, "server").has_value();
  });
  BOOST_TEST(count > 1);
  BOOST_TEST(count < 5);
  BOOST_TEST(kept.find(ids.back(), "server").has_value());
}

BOOST_AUTO_TEST_CASE(what_is_to_be_forgotten_is_not_there) {
  postgres::KeptAggregates kept{registry, {1'000'000, true}};
  kept.keep("server", {book(id, 3)}, {});
  kept.forget({id});
  BOOST_TEST(!kept.find(id, "server"));
}

BOOST_AUTO_TEST_SUITE_END()
