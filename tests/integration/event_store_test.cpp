// Behaviour 5.1 to 5.3 and the store as an installation.
#include <boost/test/unit_test.hpp>

#include "store/postgres/connection.hpp"
#include "store/postgres/postgres_store.hpp"
#include "support/wallet_store.hpp"

using namespace seriatim;
using namespace seriatim::testing;

namespace {

struct Fixture : WalletStore {
  /// The SQLSTATE that a statement ends with as a member of `role`; "none" when it works.
  std::string state_as(const std::string& role, const std::string& sql) const {
    postgres::Connection connection{options.database_url};
    connection.execute("set role " + role);
    try {
      connection.execute(sql);
    } catch (const postgres::DatabaseError& error) {
      return error.sqlstate();
    }
    return "none";
  }
};

constexpr const char* insufficient_privilege = "42501";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(event_store, Fixture)

BOOST_AUTO_TEST_CASE(the_application_role_can_neither_change_nor_delete_what_is_stored) {
  build_views();
  (void)create_wallet();
  for (const char* table : {"events", "commands", "aggregates", "event_types"}) {
    BOOST_TEST(state_as("seriatim_application", std::string{"delete from sequent_schema."} + table) ==
               insufficient_privilege);
    BOOST_TEST(state_as("seriatim_application", std::string{"truncate sequent_schema."} + table) ==
               insufficient_privilege);
  }
  BOOST_TEST(state_as("seriatim_application", "update sequent_schema.events set event_json = '{}'") ==
             insufficient_privilege);
  BOOST_TEST(state_as("seriatim_application", "delete from sequent_schema.events_default") == insufficient_privilege);
  BOOST_TEST(state_as("seriatim_application", "update sequent_schema.commands set command_json = '{}'") ==
             insufficient_privilege);
  BOOST_TEST(state_as("seriatim_application", "drop table view_schema.wallet_records") == insufficient_privilege);
}

BOOST_AUTO_TEST_CASE(the_application_role_can_start_with_new_types_and_execute_commands) {
  build_views();
  (void)value("delete from sequent_schema.event_types");
  (void)value("delete from sequent_schema.command_types");
  (void)value("create role seriatim_test_writer login in role seriatim_application");
  Options writer = options;
  writer.database_url.replace(writer.database_url.find("seriatim@"), 9, "seriatim_test_writer@");
  Application app_as_writer{writer, {wallet::domain()}};
  wallet::CreateWallet create;
  create.aggregate_id = new_uuid();
  create.user_id = "2";
  app_as_writer.commands().execute(create);
  app_as_writer.commands().execute(add(create.aggregate_id, 3));
  BOOST_TEST(wrong_wallets() == "0");
  BOOST_TEST(value("select sum(balance) from view_schema.wallet_records") == "3.00");
}

BOOST_AUTO_TEST_CASE(the_reader_role_reads_views_and_no_events) {
  build_views();
  BOOST_TEST(state_as("seriatim_reader", "select * from view_schema.wallet_records") == "none");
  BOOST_TEST(state_as("seriatim_reader", "select * from sequent_schema.events") == insufficient_privilege);
}

BOOST_AUTO_TEST_CASE(deleted_and_changed_events_are_archived_with_operation_time_and_user) {
  (void)create_wallet();
  (void)value("update sequent_schema.events set event_json = '{\"user_id\": \"3\"}'");
  (void)value("delete from sequent_schema.events");
  BOOST_TEST(value("select string_agg(operation || ' ' || (event_json->>'user_id') || ' ' || event_type || ' ' || "
                   "\"user\", ', ' order by timestamp) from sequent_schema.saved_event_records") ==
             "U 2 Wallet::Events::WalletCreated seriatim, D 3 Wallet::Events::WalletCreated seriatim");
}

BOOST_AUTO_TEST_CASE(an_update_that_changes_nothing_of_an_event_is_not_archived) {
  (void)create_wallet();
  (void)value("update sequent_schema.events set xact_id = 1");
  BOOST_TEST(value("select count(*) from sequent_schema.saved_event_records") == "0");
}

BOOST_AUTO_TEST_CASE(events_that_do_not_continue_their_stream_are_an_integrity_error) {
  const AggregateId id = create_wallet();
  core::Registry registry{{wallet::domain()}};
  postgres::PostgresStore store{options.database_url, {}, registry};
  Command command;
  command.aggregate_id = id;
  const store::CommandRecord record{0, &command, "{}"};
  const auto append = [&](std::int32_t version, std::size_t events) {
    store::StreamAppend stream{id, 0, version, {}};
    stream.events.assign(events, {registry.event("Wallet::Events::MoneyAdded"), R"({"amount": "1"})"});
    const auto transaction = store.begin({});
    transaction->append(record, std::vector{stream}, Timestamp{});
    transaction->commit();
  };
  BOOST_CHECK((error_of([&] { append(2, 1); }) == ErrorCode::integrity));
  BOOST_CHECK((error_of([&] { append(2, 2); }) == ErrorCode::integrity));
  append(1, 2);
  BOOST_CHECK((error_of([&] { append(1, 1); }) == ErrorCode::optimistic_locking));
  BOOST_CHECK((error_of([&] { append(0, 1); }) == ErrorCode::optimistic_locking));
  append(3, 1);
  BOOST_TEST(value("select count(*) from sequent_schema.events") == "4");
}

BOOST_AUTO_TEST_CASE(a_stream_begins_with_event_1_and_a_batch_is_numbered_without_gaps) {
  core::Registry registry{{wallet::domain()}};
  postgres::PostgresStore store{options.database_url, {}, registry};
  const AggregateId id = new_uuid();
  Command command;
  command.aggregate_id = id;
  const auto append = [&](const std::vector<std::pair<std::int32_t, std::size_t>>& parts) {
    std::vector<store::StreamAppend> streams;
    for (const auto& [version, events] : parts) {
      streams.push_back({id, 0, version, {}});
      streams.back().events.assign(events, {registry.event("Wallet::Events::MoneyAdded"), R"({"amount": "1"})"});
    }
    const auto transaction = store.begin({});
    transaction->append({0, &command, "{}"}, streams, Timestamp{});
    transaction->commit();
  };
  // A first event with a number other than 1.
  BOOST_CHECK((error_of([&] { append({{1, 1}}); }) == ErrorCode::integrity));
  BOOST_CHECK((error_of([&] { append({{4, 3}}); }) == ErrorCode::integrity));
  // Two parts of one stream, whose numbers would leave a gap, or meet.
  BOOST_CHECK((error_of([&] { append({{0, 1}, {2, 1}}); }) == ErrorCode::integrity));
  BOOST_CHECK((error_of([&] { append({{0, 2}, {1, 1}}); }) == ErrorCode::integrity));
  BOOST_TEST(value("select count(*) from sequent_schema.events") == "0");
  append({{0, 3}});
  append({{3, 2}});
  BOOST_TEST(value("select string_agg(sequence_number::text, ' ' order by sequence_number) from sequent_schema.events") ==
             "1 2 3 4 5");
}

BOOST_AUTO_TEST_CASE(a_transaction_that_is_not_committed_leaves_nothing) {
  const AggregateId id = new_uuid();
  core::Registry registry{{wallet::domain()}};
  postgres::PostgresStore store{options.database_url, {}, registry};
  Command command;
  command.aggregate_id = id;
  const store::StreamAppend stream{id, 0, 0, {{registry.event("Wallet::Events::MoneyAdded"), "{}"}}};
  store.begin({})->append({0, &command, "{}"}, std::vector{stream}, Timestamp{});
  BOOST_TEST(value("select count(*) from sequent_schema.events") == "0");
}

BOOST_AUTO_TEST_CASE(a_connection_lost_before_commit_is_retryable_and_one_lost_during_commit_is_in_doubt) {
  const std::string suicide = "select pg_terminate_backend(pg_backend_pid())";
  postgres::Connection first{options.database_url};
  BOOST_CHECK((error_of([&] { first.execute(suicide); }) == ErrorCode::connection_lost));
  BOOST_TEST(!first.usable());
  postgres::Connection second{options.database_url};
  try {
    second.execute("begin; " + suicide + "; commit", postgres::Phase::commit);
    BOOST_FAIL("the connection survived");
  } catch (const Error& error) {
    BOOST_TEST(error.in_doubt());
    BOOST_TEST(!error.retryable());
  }
}

BOOST_AUTO_TEST_CASE(a_store_that_is_missing_or_of_another_version_is_refused_with_what_to_do) {
  Options empty = options;
  empty.database_url = shared_cluster().create_database();
  BOOST_CHECK_EXCEPTION((Application{empty, {wallet::domain()}}), Error, [](const Error& error) {
    return error.code() == ErrorCode::store_not_installed &&
           std::string{error.what()}.find("seriatim db create") != std::string::npos;
  });
  (void)value("delete from sequent_schema.seriatim_migrations where version > 2");
  BOOST_CHECK_EXCEPTION((Application{options, {wallet::domain()}}), Error, [](const Error& error) {
    return std::string{error.what()}.find("seriatim db migrate") != std::string::npos;
  });
}

BOOST_AUTO_TEST_CASE(installing_twice_changes_nothing) {
  BOOST_TEST(Database{options}.migrate({wallet::domain()}).empty());
  (void)create_wallet();
  BOOST_TEST(Database{options}.create({wallet::domain()}).empty());
  BOOST_TEST(Database{options}.status().events == 1);
}

BOOST_AUTO_TEST_CASE(a_database_with_events_is_dropped_only_by_force) {
  (void)create_wallet();
  app.reset();
  BOOST_CHECK((error_of([&] { Database{options}.drop(false); }) == ErrorCode::usage));
  Database{options}.drop(true);
  BOOST_TEST(!Database{options}.status().exists);
}

BOOST_AUTO_TEST_CASE(an_unreachable_database_is_a_lost_connection) {
  Options nowhere;
  nowhere.database_url = "postgresql://nobody:secret@127.0.0.1:1/none?connect_timeout=1";
  try {
    Application refused{nowhere, {wallet::domain()}};
    BOOST_FAIL("connected");
  } catch (const Error& error) {
    BOOST_CHECK((error.code() == ErrorCode::connection_lost));
    BOOST_TEST(std::string{error.what()}.find("secret") == std::string::npos);
  }
}

BOOST_AUTO_TEST_SUITE_END()
