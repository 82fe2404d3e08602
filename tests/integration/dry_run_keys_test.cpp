// Dry runs of commands that change unique keys, load several aggregates, and look at the past.

#include <boost/test/unit_test.hpp>

#include "support/accounts_store.hpp"

using namespace seriatim;
using namespace seriatim::testing;
using accounts::User;

namespace {

struct Fixture : AccountsStore {
  /// What a command whose handler does `deed` would do, after all that was asked before.
  DryRunResult would(const accounts::Deed& deed) {
    (*deeds)["would"] = deed;
    return dry_run->execute(command("would"));
  }
  DryRunResult would_register(const std::string& email) {
    accounts::RegisterUser user;
    user.aggregate_id = new_uuid();
    user.email = email;
    return dry_run->execute(user);
  }
  accounts::Deed changing(const AggregateId& id, const std::string& email) {
    return [id, email](Repository& users) { users.load<User>(id).change_email(email); };
  }
  /// The aggregate that has the refused key; nil when the call would not be refused for a key.
  static AggregateId holder(const DryRunResult& result) {
    try {
      if (result.error != nullptr) std::rethrow_exception(result.error);
    } catch (const AggregateKeyNotUnique& error) {
      return error.refusal().holder.value_or(AggregateId{});
    }
    return {};
  }

  AggregateId a = register_user("a@example.org");
  AggregateId b = register_user("b@example.org");
  std::unique_ptr<DryRun> dry_run = app->dry_run();
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(dry_runs_of_keys, Fixture)

BOOST_AUTO_TEST_CASE(a_stored_key_is_foreseen_to_be_taken_and_by_whom) {
  BOOST_TEST(holder(would_register("A@example.org")) == a);
  BOOST_TEST(holder(would(changing(b, "a@example.org"))) == a);
  BOOST_CHECK((would_register("c@example.org").error == nullptr));
}

BOOST_AUTO_TEST_CASE(a_key_that_an_earlier_call_would_have_given_is_taken) {
  BOOST_CHECK((would_register("c@example.org").error == nullptr));
  BOOST_TEST(!holder(would_register("c@example.org")).is_nil());
}

BOOST_AUTO_TEST_CASE(a_key_that_an_earlier_call_would_have_given_up_is_free) {
  BOOST_CHECK((would(changing(a, "c@example.org")).error == nullptr));
  BOOST_CHECK((would_register("a@example.org").error == nullptr));
  BOOST_TEST(holder(would_register("c@example.org")) == a);
}

BOOST_AUTO_TEST_CASE(a_refused_call_takes_no_key) {
  BOOST_TEST(holder(would(changing(b, "a@example.org"))) == a);
  BOOST_TEST(holder(would_register("b@example.org")) == b);
}

BOOST_AUTO_TEST_CASE(two_aggregates_would_swap_keys) {
  const DryRunResult swapped = would([&](Repository& users) {
    users.load<User>(a).change_email("b@example.org");
    users.load<User>(b).change_email("a@example.org");
  });
  BOOST_CHECK((swapped.error == nullptr));
  BOOST_TEST(swapped.events.size() == 2U);
  BOOST_TEST(holder(would_register("a@example.org")) == b);
}

BOOST_AUTO_TEST_CASE(a_key_leads_to_the_aggregate_that_would_have_it) {
  BOOST_CHECK((would(changing(a, "c@example.org")).error == nullptr));
  BOOST_CHECK((would([&](Repository& users) {
                 BOOST_TEST(users.find_by_unique_key<User>("email", {{"email", "c@example.org"}})->id() == a);
                 BOOST_TEST(users.find_by_unique_key<User>("email", {{"email", "a@example.org"}}) == nullptr);
               }).error == nullptr));
}

BOOST_AUTO_TEST_CASE(aggregates_loaded_together_and_past_states_include_what_would_have_been_stored) {
  BOOST_CHECK((would(changing(a, "c@example.org")).error == nullptr));
  BOOST_CHECK((would([&](Repository& users) {
                 const std::vector<AggregateId> both{b, a};
                 const auto loaded = users.load_all<User>(both);
                 BOOST_TEST(loaded[0].get().email() == "b@example.org");
                 BOOST_TEST(loaded[1].get().email() == "c@example.org");
                 BOOST_TEST(users.load_at<User>(a, 1).email() == "a@example.org");
                 BOOST_TEST(users.load_at<User>(a, 2).email() == "c@example.org");
               }).error == nullptr));
}

BOOST_AUTO_TEST_SUITE_END()
