// What every event store promises about streams.
#include <thread>

#include "contract.hpp"

using namespace seriatim;
using namespace seriatim::testing;

BOOST_FIXTURE_TEST_SUITE(streams, Contract)

BOOST_AUTO_TEST_CASE(what_was_appended_is_loaded_in_order_with_types_and_attributes) {
  store_events({user(one, 0, {"a", "b"})});
  store_events({user(one, 2, {"c"})});
  ReadStream reader;
  BOOST_TEST(begin()->load(one, reader));
  BOOST_TEST(reader.aggregate_type == "Accounts::User");
  BOOST_TEST(reader.texts == texts({R"(Accounts::UserRegistered {"email":"a"})", R"(Accounts::EmailChanged {"email":"b"})",
                                    R"(Accounts::EmailChanged {"email":"c"})"}),
             boost::test_tools::per_element());
  BOOST_TEST(reader.types.back() == registry.event("Accounts::EmailChanged"));
  BOOST_TEST(store().version(one) == 3);
}

BOOST_AUTO_TEST_CASE(a_missing_aggregate_is_not_loaded_and_has_version_0) {
  ReadStream reader;
  BOOST_TEST(!begin()->load(one, reader));
  BOOST_TEST(reader.aggregate_type.empty());
  BOOST_TEST(store().version(one) == 0);
}

BOOST_AUTO_TEST_CASE(several_streams_of_one_command_are_stored_together) {
  store_events({user(two, 0, {"b"}), user(one, 0, {"a", "aa"})});
  BOOST_TEST(stream_of(one).size() == 2U);
  BOOST_TEST(stream_of(two).size() == 1U);
  BOOST_TEST(contract_store->rows().size() == 3U);
}

BOOST_AUTO_TEST_CASE(several_commands_of_one_transaction_continue_a_stream) {
  const Tx transaction = begin();
  append(*transaction, {user(one, 0, {"a"})});
  append(*transaction, {user(one, 1, {"b"}), user(two, 0, {"x"})}, 1);
  append(*transaction, {user(one, 2, {"c"})}, 2);
  transaction->commit();
  BOOST_TEST(log() == "1#1 1#2 2#1 1#3");
}

BOOST_AUTO_TEST_CASE(events_are_told_in_the_order_of_the_commits) {
  store_events({user(two, 0, {"b"})});
  store_events({user(one, 0, {"a"})});
  store_events({user(two, 1, {"bb"})});
  BOOST_TEST(log() == "2#1 1#1 2#2");
}

BOOST_AUTO_TEST_CASE(a_long_stream_is_appended_at_once_and_loaded_whole) {
  constexpr std::size_t many = 10'000;
  std::vector<std::string> emails;
  for (std::size_t i = 0; i < many; ++i) emails.push_back("user" + std::to_string(i));
  store_events({user(one, 0, emails)});
  const std::vector<std::string> stored = stream_of(one);
  BOOST_REQUIRE(stored.size() == many);
  BOOST_TEST(stored.back() == R"(Accounts::EmailChanged {"email":"user9999"})");
}

BOOST_AUTO_TEST_CASE(several_aggregates_are_loaded_at_once_and_missing_ones_left_out) {
  store_events({user(one, 0, {"a"})});
  store_events({note(two)});
  std::map<AggregateId, ReadStream> readers;
  const std::vector<AggregateId> wanted{two, Ids::numbered(9), one};
  begin()->load_all(wanted, [&](const AggregateId& id) -> store::StreamReader& { return readers[id]; }, core::unknown_type);
  BOOST_TEST(readers.size() == 2U);
  BOOST_TEST(readers[one].aggregate_type == "Accounts::User");
  BOOST_TEST(readers[two].texts == texts({"Accounts::NoteWritten {}"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_stream_is_loaded_up_to_a_number) {
  store_events({user(one, 0, {"a", "b", "c"})});
  for (const auto& [number, events] : {std::pair{1, 1U}, {2, 2U}, {3, 3U}, {4, 3U}}) {
    ReadStream reader;
    BOOST_TEST(begin()->load_past(one, number, reader));
    BOOST_TEST(reader.texts.size() == events);
  }
  ReadStream missing;
  BOOST_TEST(!begin()->load_past(two, 1, missing));
}

BOOST_AUTO_TEST_CASE(a_stream_is_loaded_up_to_a_moment) {
  store_events({user(one, 0, {"a"})}, 10);
  store_events({user(one, 1, {"b", "c"})}, 20);
  for (const auto& [second, events] : {std::pair{10, 1U}, {19, 1U}, {20, 3U}, {99, 3U}}) {
    ReadStream reader;
    BOOST_TEST(begin()->load_past(one, Contract::at(second), reader));
    BOOST_TEST(reader.texts.size() == events);
  }
  ReadStream early;
  BOOST_TEST(!begin()->load_past(one, Contract::at(9), early));
}

BOOST_AUTO_TEST_CASE(the_past_ends_before_the_first_event_that_is_later_though_clocks_went_back) {
  store_events({user(one, 0, {"a"})}, 10);
  store_events({user(one, 1, {"b"})}, 30);
  store_events({user(one, 2, {"c"})}, 20);
  ReadStream reader;
  BOOST_TEST(begin()->load_past(one, Contract::at(25), reader));
  BOOST_TEST(reader.texts.size() == 1U);
}

BOOST_AUTO_TEST_CASE(the_past_includes_what_the_transaction_appended) {
  store_events({user(one, 0, {"a"})});
  const Tx transaction = begin();
  append(*transaction, {user(one, 1, {"b"})}, 1);
  ReadStream reader;
  BOOST_TEST(transaction->load_past(one, 2, reader));
  BOOST_TEST(reader.texts.size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_reader_that_throws_stops_the_reading) {
  struct Refusing final : store::StreamReader {
    void stream(std::string_view type) override { throw_error<ErrorCode::aggregate_type>(std::string{type}); }
    void event(const store::EventRow&) override { BOOST_ERROR("an event is read after the reader has thrown"); }
  } reader;
  store_events({user(one, 0, {"a"})});
  BOOST_CHECK((code_of([&] { (void)begin()->load(one, reader); }) == ErrorCode::aggregate_type));
}

BOOST_AUTO_TEST_CASE(an_event_keeps_the_command_who_asked_what_caused_it_and_when) {
  store_events({user(two, 0, {"b"})});
  accounts::Act command;
  command.aggregate_id = one;
  command.user_id = Ids::numbered(7);
  command.created_at = at(5);
  command.event_aggregate_id = two;
  command.event_sequence_number = 1;
  const Tx transaction = begin();
  append(*transaction, command, {user(one, 0, {"a"}, "eu")});
  transaction->commit();
  const StoredRow row = contract_store->rows().back();
  BOOST_TEST(row.command_type == "Accounts::Act");
  BOOST_CHECK((row.user_id == Ids::numbered(7)));
  BOOST_CHECK((row.event_aggregate_id == two));
  BOOST_CHECK((row.event_sequence_number == 1));
  BOOST_CHECK((row.created_at == at(5)));
  BOOST_TEST(row.partition_key == "eu");
}

BOOST_AUTO_TEST_CASE(a_command_without_user_and_cause_has_neither) {
  store_events({user(one, 0, {"a"})});
  const StoredRow row = contract_store->rows().back();
  BOOST_CHECK((!row.user_id && !row.event_aggregate_id && !row.event_sequence_number));
  BOOST_TEST(row.partition_key == "");
}

BOOST_AUTO_TEST_SUITE_END()
