// What every event store promises about the views that are written in its transactions.
#include "contract.hpp"

using namespace seriatim;
using namespace seriatim::testing;
using accounts::UserRecord;

namespace {

struct Rows : Contract {
  static const RecordType& type() { return record_type<UserRecord>(); }
  static std::string regions(store::Transaction& transaction, const AggregateId& id) {
    std::string found = "none";
    const Condition<UserRecord> condition = where(&UserRecord::aggregate_id, id);
    transaction.persistor(0).select(type(), {condition.predicates, {}, 1}, [&](const void* record) {
      found = static_cast<const UserRecord*>(record)->regions;
    });
    return found;
  }
  void add_row(const AggregateId& id, const std::string& email) const {
    const Tx transaction = begin();
    create_row(*transaction, id, email);
    transaction->commit();
  }
};

void append_region(void* record) { static_cast<UserRecord*>(record)->regions += "x"; }

}  // namespace

BOOST_FIXTURE_TEST_SUITE(views_of_a_transaction, Rows)

BOOST_AUTO_TEST_CASE(rows_are_stored_with_the_events) {
  const Tx transaction = begin();
  append(*transaction, {user(one, 0, {"a"})});
  create_row(*transaction, one, "a");
  transaction->commit();
  BOOST_TEST(emails() == texts({"a"}), boost::test_tools::per_element());
  BOOST_TEST(log() == "1#1");
}

BOOST_AUTO_TEST_CASE(a_transaction_reads_its_own_rows) {
  const Tx transaction = begin();
  create_row(*transaction, one, "a");
  BOOST_TEST(regions(*transaction, one) == "");
  BOOST_TEST(regions(*transaction, two) == "none");
}

BOOST_AUTO_TEST_CASE(every_operation_is_taken_back_with_its_transaction) {
  add_row(one, "a");
  add_row(two, "b");
  {
    const Tx transaction = begin();
    const Condition<UserRecord> first = where(&UserRecord::aggregate_id, one);
    const Condition<UserRecord> second = where(&UserRecord::aggregate_id, two);
    const Assignment renamed = set(&UserRecord::email, "renamed");
    const UserRecord upserted{two, "upserted", ""};
    const std::size_t key[] = {0};
    views::Persistor& rows = transaction->persistor(0);
    create_row(*transaction, Ids::numbered(3), "c");
    rows.update(type(), first.predicates, {&renamed, 1}, true);
    rows.update_each(type(), first.predicates, append_region);
    rows.create_or_update(type(), &upserted, key, {&renamed, 1});
    rows.erase(type(), second.predicates);
    BOOST_TEST(regions(*transaction, one) == "x");
    BOOST_TEST(regions(*transaction, two) == "none");
  }
  BOOST_TEST(emails() == texts({"a", "b"}), boost::test_tools::per_element());
  BOOST_TEST(regions(*begin(), one) == "");
}

BOOST_AUTO_TEST_CASE(a_refused_append_takes_the_rows_with_it) {
  store_events({user(one, 0, {"a"})});
  const Tx transaction = begin();
  append(*transaction, {user(one, 0, {"b"})});
  BOOST_CHECK((code_of([&] {
                create_row(*transaction, one, "b");
                transaction->commit();
              }) == ErrorCode::optimistic_locking));
  BOOST_TEST(emails().empty());
}

BOOST_AUTO_TEST_CASE(a_refused_append_is_told_before_rows_are_read) {
  store_events({user(one, 0, {"a"})});
  const Tx transaction = begin();
  append(*transaction, {user(one, 0, {"b"})});
  BOOST_CHECK((code_of([&] { (void)regions(*transaction, one); }) == ErrorCode::optimistic_locking));
}

BOOST_AUTO_TEST_CASE(a_refused_append_that_a_projector_swallows_fails_the_commit_and_stores_nothing) {
  // The first round prepares the statements, which a transaction that has failed could run without a BEGIN.
  for (const AggregateId& id : {one, two}) {
    store_events({user(id, 0, {"a"})});
    const Tx transaction = begin();
    append(*transaction, {user(id, 0, {"b"})});
    BOOST_CHECK((code_of([&] { (void)regions(*transaction, id); }) == ErrorCode::optimistic_locking));
    BOOST_CHECK((code_of([&] {
                  create_row(*transaction, id, "b");
                  transaction->commit();
                }) == ErrorCode::optimistic_locking));
  }
  BOOST_TEST(emails().empty());
  BOOST_TEST(log() == "1#1 2#1");
}

BOOST_AUTO_TEST_CASE(an_operation_that_failed_fails_its_transaction_even_when_the_projector_catches_it) {
  const Tx transaction = begin();
  append(*transaction, {user(one, 0, {"a"})});
  BOOST_TEST(regions(*transaction, one) == "none");
  const Condition<UserRecord> condition = where(&UserRecord::aggregate_id, one);
  const Assignment renamed = set(&UserRecord::email, "renamed");
  transaction->attribute_to("UserProjector", {one, 1, at(0)}, "Accounts::UserRegistered");
  try {
    transaction->persistor(0).update(type(), condition.predicates, {&renamed, 1}, true);
  } catch (const Error&) {
    BOOST_TEST_MESSAGE("this store tells it at once");
  }
  BOOST_CHECK((code_of([&] {
                create_row(*transaction, one, "a");
                transaction->commit();
              }) == ErrorCode::publish));
  BOOST_TEST(emails().empty());
  BOOST_TEST(log() == "");
}

BOOST_AUTO_TEST_CASE(a_missing_row_that_must_exist_is_blamed_on_the_projector) {
  const Tx transaction = begin();
  append(*transaction, {user(one, 0, {"a"})});
  const Condition<UserRecord> condition = where(&UserRecord::aggregate_id, one);
  const Assignment renamed = set(&UserRecord::email, "renamed");
  transaction->attribute_to("UserProjector", {one, 1, at(0)}, "Accounts::UserRegistered");
  transaction->persistor(0).update(type(), condition.predicates, {&renamed, 1}, true);
  try {
    transaction->commit();
    BOOST_ERROR("nothing was thrown");
  } catch (const Error& error) {
    BOOST_TEST((error.code() == ErrorCode::publish));
    for (const std::string part : {"UserProjector", "Accounts::UserRegistered", "event 1", "user_records"}) {
      BOOST_TEST(std::string_view{error.what()}.find(part) != std::string_view::npos, error.what() << " names " << part);
    }
  }
  BOOST_TEST(log() == "");
}

BOOST_AUTO_TEST_CASE(views_are_at_the_newest_version) {
  BOOST_TEST(versions.size() == 1U);
  BOOST_TEST(versions.front().version == 1);
}

BOOST_AUTO_TEST_SUITE_END()
