// What every event store promises about unique keys, partition keys and receipts.
#include "contract.hpp"

using namespace seriatim;
using namespace seriatim::testing;

namespace {

struct Keys : Contract {
  static std::string key(const std::string& email) { return R"({"email":")" + email + "\"}"; }

  void change(const std::vector<store::UniqueKeyChange>& changes) const {
    const Tx transaction = begin();
    transaction->change_keys({changes, {}});
    transaction->commit();
  }
  [[nodiscard]] std::optional<AggregateId> holder(const std::string& email, const std::string& scope = "email") const {
    return begin()->find_unique_key(scope, key(email));
  }
  /// Two users, who have the keys "a" and "b".
  void add_users() const {
    const Tx transaction = begin();
    append(*transaction, {user(one, 0, {"a"}), user(two, 0, {"b"})});
    transaction->change_keys({{{one, "email", key("a")}, {two, "email", key("b")}}, {}});
    transaction->commit();
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(keys, Keys)

BOOST_AUTO_TEST_CASE(a_key_leads_to_its_aggregate_within_its_scope) {
  add_users();
  BOOST_CHECK((holder("a") == one));
  BOOST_CHECK((holder("b") == two));
  BOOST_CHECK((!holder("c")));
  BOOST_CHECK((!holder("a", "name")));
}

BOOST_AUTO_TEST_CASE(a_key_that_another_aggregate_has_is_refused_with_all_that_is_known) {
  add_users();
  const AggregateId three = Ids::numbered(3);
  const Tx transaction = begin();
  append(*transaction, {user(three, 0, {"a"})});
  try {
    transaction->change_keys({{{three, "email", key("a")}}, {}});
    transaction->commit();
    BOOST_ERROR("the key was given twice");
  } catch (const AggregateKeyNotUnique& error) {
    BOOST_TEST(error.refusal().aggregate_type == "Accounts::User");
    BOOST_CHECK((error.refusal().aggregate_id == three));
    BOOST_TEST(error.refusal().scope == "email");
    BOOST_CHECK((boost::json::parse(error.refusal().key) == boost::json::parse(key("a"))));
    BOOST_CHECK((error.refusal().holder == one));
  }
  BOOST_TEST(store().version(three) == 0);
}

BOOST_AUTO_TEST_CASE(one_key_in_two_scopes_are_two_keys) {
  add_users();
  change({{two, "name", key("a")}});
  BOOST_CHECK((holder("a") == one));
  BOOST_CHECK((holder("a", "name") == two));
}

BOOST_AUTO_TEST_CASE(aggregates_swap_their_keys_in_one_transaction) {
  add_users();
  change({{one, "email", key("b")}, {two, "email", key("a")}});
  BOOST_CHECK((holder("a") == two));
  BOOST_CHECK((holder("b") == one));
}

BOOST_AUTO_TEST_CASE(a_key_that_is_given_up_is_free_for_others_of_the_same_transaction) {
  add_users();
  change({{one, "email", std::nullopt}, {two, "email", key("a")}});
  BOOST_CHECK((holder("a") == two));
  BOOST_CHECK((!holder("b")));
}

BOOST_AUTO_TEST_CASE(an_aggregate_may_set_the_key_that_it_has) {
  add_users();
  change({{one, "email", key("a")}});
  BOOST_CHECK((holder("a") == one));
}

BOOST_AUTO_TEST_CASE(a_key_is_found_when_it_is_committed_and_not_before) {
  const Tx transaction = begin();
  append(*transaction, {user(one, 0, {"a"})});
  transaction->change_keys({{{one, "email", key("a")}}, {}});
  BOOST_CHECK((!holder("a")));
  transaction->commit();
  BOOST_CHECK((holder("a") == one));
}

BOOST_AUTO_TEST_CASE(of_two_transactions_that_want_a_key_the_second_is_refused) {
  const Tx first = begin();
  const Tx second = begin();
  append(*first, {user(one, 0, {"a"})});
  first->change_keys({{{one, "email", key("a")}}, {}});
  append(*second, {user(two, 0, {"a"})});
  second->change_keys({{{two, "email", key("a")}}, {}});
  first->commit();
  BOOST_CHECK((code_of([&] { second->commit(); }) == ErrorCode::aggregate_key_not_unique));
  BOOST_TEST(log() == "1#1");
}

BOOST_AUTO_TEST_CASE(an_aggregate_whose_partition_changes_is_loaded_and_continued_as_before) {
  store_events({user(one, 0, {"a"}, "eu")});
  const Tx transaction = begin();
  append(*transaction, {user(one, 1, {"b"})});
  transaction->change_keys({{}, {{one, "us"}}});
  transaction->commit();
  store_events({user(one, 2, {"c"})});
  BOOST_TEST(stream_of(one).size() == 3U);
}

BOOST_AUTO_TEST_CASE(a_receipt_tells_its_request_from_another_one) {
  const Tx transaction = begin();
  append(*transaction, {user(one, 0, {"a"})});
  transaction->store_receipts({{"k1", "k2"}, "request", "[]"});
  transaction->commit();
  const std::vector<store::FoundReceipt> same = store().find_receipts({"k1", "k2", "k3"}, "request");
  BOOST_TEST(same.size() == 2U);
  for (const store::FoundReceipt& receipt : same) {
    BOOST_TEST(receipt.same_request);
    BOOST_TEST(receipt.outcome == "[]");
  }
  const std::vector<store::FoundReceipt> other = store().find_receipts({"k2"}, "another request");
  BOOST_TEST(other.size() == 1U);
  BOOST_TEST(other.front().key == "k2");
  BOOST_TEST(!other.front().same_request);
}

BOOST_AUTO_TEST_CASE(a_second_receipt_of_a_key_is_refused_and_takes_its_events_with_it) {
  const Tx first = begin();
  first->store_receipts({{"k"}, "request", "[]"});
  first->commit();
  const Tx second = begin();
  append(*second, {user(one, 0, {"a"})});
  BOOST_CHECK((code_of([&] {
                second->store_receipts({{"k"}, "request", "[]"});
                second->commit();
              }) == ErrorCode::idempotency_key_reused));
  BOOST_TEST(log() == "");
}

BOOST_AUTO_TEST_SUITE_END()
