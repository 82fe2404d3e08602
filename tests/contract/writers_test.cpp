// What every event store promises about writers that meet, and about what is refused.
#include <thread>

#include "contract.hpp"

using namespace seriatim;
using namespace seriatim::testing;

BOOST_FIXTURE_TEST_SUITE(writers, Contract)

BOOST_AUTO_TEST_CASE(of_two_transactions_that_continue_a_stream_the_second_is_refused) {
  store_events({user(one, 0, {"a"})});
  const Tx first = begin();
  const Tx second = begin();
  append(*first, {user(one, 1, {"first"})});
  append(*second, {user(one, 1, {"second"})});
  first->commit();
  BOOST_CHECK((code_of([&] { second->commit(); }) == ErrorCode::optimistic_locking));
  BOOST_TEST(stream_of(one).back() == R"(Accounts::EmailChanged {"email":"first"})");
}

BOOST_AUTO_TEST_CASE(of_two_transactions_that_create_an_aggregate_the_second_is_refused) {
  const Tx first = begin();
  const Tx second = begin();
  append(*first, {user(one, 0, {"first"})});
  append(*second, {user(one, 0, {"second"})});
  first->commit();
  BOOST_CHECK((code_of([&] { second->commit(); }) == ErrorCode::optimistic_locking));
  BOOST_TEST(log() == "1#1");
}

BOOST_AUTO_TEST_CASE(an_id_that_an_aggregate_of_another_type_has_is_refused_for_good) {
  store_events({user(one, 0, {"a"})});
  BOOST_CHECK((code_of([&] { store_events({note(one)}); }) == ErrorCode::non_unique_aggregate));
  BOOST_TEST(log() == "1#1");
}

BOOST_AUTO_TEST_CASE(a_gap_or_a_number_that_is_taken_is_refused) {
  store_events({user(one, 0, {"a", "b", "c"})});
  for (const std::int32_t after : {4, 100}) {
    BOOST_CHECK((code_of([&] { store_events({user(one, after, {"x"})}); }) == ErrorCode::integrity));
  }
  for (const std::int32_t after : {0, 1, 2}) {
    BOOST_CHECK((code_of([&] { store_events({user(one, after, {"x"})}); }) == ErrorCode::optimistic_locking));
  }
  BOOST_CHECK((code_of([&] { store_events({user(two, 1, {"x"})}); }) == ErrorCode::integrity));
  BOOST_TEST(log() == "1#1 1#2 1#3");
}

BOOST_AUTO_TEST_CASE(a_stream_in_two_parts_of_one_command_is_refused) {
  BOOST_CHECK((code_of([&] { store_events({user(one, 0, {"a"}), user(one, 1, {"b"})}); }) == ErrorCode::integrity));
  BOOST_TEST(log() == "");
}

BOOST_AUTO_TEST_CASE(a_refused_stream_takes_the_others_of_its_transaction_with_it) {
  store_events({user(one, 0, {"a"})});
  const Tx transaction = begin();
  append(*transaction, {user(two, 0, {"b"})});
  BOOST_CHECK((code_of([&] {
                append(*transaction, {user(one, 0, {"x"})});
                transaction->commit();
              }) == ErrorCode::optimistic_locking));
  BOOST_TEST(log() == "1#1");
}

BOOST_AUTO_TEST_CASE(a_version_that_is_required_holds_until_the_commit) {
  store_events({user(one, 0, {"a"})});
  const Tx holds = begin();
  holds->require_version(one, 1);
  holds->require_version(Ids::numbered(9), 0);
  append(*holds, {user(two, 0, {"b"})});
  holds->commit();

  const Tx outdated = begin();
  outdated->require_version(one, 1);
  append(*outdated, {user(two, 1, {"bb"})});
  store_events({user(one, 1, {"aa"})});
  BOOST_CHECK((code_of([&] { outdated->commit(); }) == ErrorCode::optimistic_locking));
  BOOST_TEST(log() == "1#1 2#1 1#2");
}

BOOST_AUTO_TEST_CASE(a_version_that_is_required_may_be_that_of_a_missing_aggregate) {
  const Tx transaction = begin();
  transaction->require_version(one, 3);
  BOOST_CHECK((code_of([&] { transaction->commit(); }) == ErrorCode::optimistic_locking));
}

BOOST_AUTO_TEST_CASE(a_transaction_that_is_given_up_leaves_nothing) {
  {
    const Tx transaction = begin();
    append(*transaction, {user(one, 0, {"a"})});
    transaction->change_keys({{{one, "email", R"({"email":"a"})"}}, {}});
    transaction->store_receipts({{"key"}, "request", "[]"});
    create_row(*transaction, one, "a");
  }
  BOOST_TEST(log() == "");
  BOOST_TEST(store().version(one) == 0);
  BOOST_TEST(emails().empty());
  BOOST_TEST(store().find_receipts({"key"}, "request").empty());
  BOOST_CHECK((!begin()->find_unique_key("email", R"({"email":"a"})")));
  store_events({note(one)});
  BOOST_TEST(log() == "1#1");
}

BOOST_AUTO_TEST_CASE(nobody_sees_what_is_not_committed) {
  const Tx transaction = begin();
  append(*transaction, {user(one, 0, {"a"})});
  BOOST_TEST(stream_of(one).empty());
  BOOST_TEST(store().version(one) == 0);
  transaction->commit();
  BOOST_TEST(stream_of(one).size() == 1U);
}

BOOST_AUTO_TEST_CASE(threads_that_retry_leave_one_stream_without_gaps) {
  constexpr int threads = 4;
  constexpr int each = 25;
  store_events({user(one, 0, {"a"})});
  const auto work = [&] {
    for (int stored = 0; stored < each;) {
      try {
        store_events({user(one, store().version(one), {"x"})});
        ++stored;
      } catch (const Error& error) {
        if (!error.retryable()) throw;
      }
    }
  };
  std::vector<std::thread> workers;
  for (int i = 0; i < threads; ++i) workers.emplace_back(work);
  for (std::thread& worker : workers) worker.join();
  BOOST_TEST(stream_of(one).size() == 1U + threads * each);
}

BOOST_AUTO_TEST_SUITE_END()
