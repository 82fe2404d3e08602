// Users, as their author tests them: on both stores, by one text.
#include <boost/test/unit_test.hpp>

#include "../../projectors/users/records.hpp"
#include "seriatim/testing/scenario.hpp"
#include "users/commands.hpp"
#include "users/plugin.hpp"
#include "users/user.hpp"

using namespace seriatim;
using namespace seriatim::testing;
using namespace users;

namespace {

const std::string clear = "Tr0ub4dor&3";

struct UserScenario : Scenario {
  UserScenario() : Scenario{users::domain()} {}

  static CreateUser create(const AggregateId& id, const std::string& email) { return {{id}, "Ann", email, Secret{clear}}; }
  [[nodiscard]] UserRecord row(const AggregateId& wanted) {
    return rows<UserRecord>(where(&UserRecord::aggregate_id, wanted)).at(0);
  }

  AggregateId id = new_id();
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(users_by_their_author, UserScenario)

BOOST_AUTO_TEST_CASE(a_user_has_a_row_and_a_digest_in_place_of_the_password) {
  when(create(id, "Ann@example.org")).then(event_like<UserCreated>([](const UserCreated& e) {
    return e.name == "Ann" && e.email == "Ann@example.org" && e.password_digest.hashed() &&
           e.password_digest.verify(clear);
  }));
  const UserRecord user = row(id);
  BOOST_TEST(user.email == "Ann@example.org");
  BOOST_TEST(!user.deleted);
  BOOST_TEST(user.password_digest.verify(clear));
  BOOST_TEST((user.created_at == clock().now()));
}

BOOST_AUTO_TEST_CASE(name_and_address_are_required_and_a_password_has_eight_characters) {
  when(CreateUser{{id}, "", "", Secret{"1234567"}})
      .then_invalid({{"name", "blank"}, {"email", "blank"}, {"password", "too_short"}});
  when(CreateUser{{id}, "Ann", "a@example.org", Secret{"12345678"}}).then<UserCreated>();
}

BOOST_AUTO_TEST_CASE(an_address_is_well_formed) {
  for (const char* email : {"ann", "ann@", "@example.org", "ann@example", "a n@example.org", "ann@example..org"}) {
    BOOST_TEST_CONTEXT(email) { when(create(id, email)).then_invalid({{"email", "invalid"}}); }
  }
}

BOOST_AUTO_TEST_CASE(two_live_users_cannot_have_one_address_however_it_is_written) {
  given(create(id, "ann@example.org"));
  when(create(new_id(), "ANN@Example.org")).then_fails(ErrorCode::aggregate_key_not_unique);
  BOOST_TEST(rows<UserRecord>().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_destroyed_user_stays_as_a_row_and_frees_its_address) {
  given(create(id, "ann@example.org"));
  when(DestroyUser{{id}}).then(UserDestroyed{});
  BOOST_TEST(row(id).deleted);
  const AggregateId next = new_id();
  when(create(next, "ann@example.org")).then<UserCreated>();
  BOOST_TEST(rows<UserRecord>().size() == 2U);
  BOOST_TEST(rows<UserRecord>(where(&UserRecord::deleted, false)).size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_changed_address_frees_the_old_one_and_takes_the_new_one) {
  given(create(id, "ann@example.org"));
  clock().advance(std::chrono::hours{1});
  when(ChangeEmail{{id}, "bea@example.org"}).then(UserEmailChanged{"ann@example.org", "bea@example.org"});
  BOOST_TEST(row(id).email == "bea@example.org");
  BOOST_TEST((row(id).updated_at == row(id).created_at + std::chrono::hours{1}));
  when(create(new_id(), "bea@example.org")).then_fails(ErrorCode::aggregate_key_not_unique);
  when(create(new_id(), "ann@example.org")).then<UserCreated>();
}

BOOST_AUTO_TEST_CASE(the_same_address_again_is_no_change) {
  given(create(id, "ann@example.org"));
  when(ChangeEmail{{id}, "ann@example.org"}).then_nothing();
}

BOOST_AUTO_TEST_CASE(nothing_can_be_asked_of_a_destroyed_user) {
  given(create(id, "ann@example.org"), DestroyUser{{id}});
  when(ChangeEmail{{id}, "bea@example.org"}).then_fails<UserIsDestroyed>();
  when(DestroyUser{{id}}).then_fails<UserIsDestroyed>();
}

BOOST_AUTO_TEST_CASE(the_events_of_a_user_are_its_history_in_order) {
  given(create(id, "ann@example.org"), create(new_id(), "other@example.org"), ChangeEmail{{id}, "bea@example.org"},
        DestroyUser{{id}});
  std::string history;
  for (const RecordedEvent& event : events()) {
    if (event.header().aggregate_id == id) history.append(event.type_name()).append(" ");
  }
  BOOST_TEST(history == "User::Created User::EmailChanged User::Destroyed ");
}

BOOST_AUTO_TEST_SUITE_END()
