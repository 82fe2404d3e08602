// Behaviour 5.1: permanent deletion by the owner, and the archive that sees every change.
#include <boost/test/unit_test.hpp>

#include "cli.hpp"
#include "core/registry.hpp"
#include "seriatim/deletion.hpp"
#include "store/postgres/postgres_store.hpp"
#include "support/wallet_store.hpp"

using namespace seriatim;
using namespace seriatim::testing;

namespace {

struct Fixture : WalletStore {
  std::string archived() const {
    return value("select string_agg(operation || sequence_number, ' ' order by timestamp, sequence_number) from "
                 "sequent_schema.saved_event_records");
  }
  std::string count(const std::string& table) const { return value("select count(*) from sequent_schema." + table); }
  std::string state_of(const std::string& sql) const {
    postgres::Connection connection{options.database_url};
    try {
      connection.execute(sql);
    } catch (const postgres::DatabaseError& error) {
      return error.sqlstate();
    }
    return "none";
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(deletion, Fixture)

BOOST_AUTO_TEST_CASE(deleted_streams_are_gone_with_all_that_belongs_to_them_and_their_events_are_archived) {
  const AggregateId doomed = create_wallet();
  const AggregateId kept = create_wallet();
  app->commands().execute(add(doomed, 1), add(kept, 1));
  const std::string id = "'" + uuid_text(doomed) + "'";
  for (const std::string& owner : {id, "'" + uuid_text(kept) + "'"}) {
    (void)value("insert into sequent_schema.aggregate_unique_keys values (" + owner + ", 'email', to_jsonb(" + owner +
                "::text))");
    (void)value("insert into sequent_schema.aggregates_that_need_snapshots values (" + owner + ", 1)");
    (void)value("insert into sequent_schema.snapshot_records values (" + owner + ", 1, 3, now(), 'S', '{}')");
    (void)value("insert into sequent_schema.partition_key_changes values (" + owner + ", '', 'x')");
  }
  const AggregateId missing = new_uuid();
  const DeletedStreams deleted = Deletion{options}.delete_streams(std::vector{doomed, missing});
  BOOST_TEST(deleted.streams == 1);
  BOOST_TEST(deleted.events == 2);
  BOOST_TEST((deleted.missing == std::vector{missing}));
  for (const char* table : {"aggregates", "aggregate_unique_keys", "aggregates_that_need_snapshots", "snapshot_records",
                            "partition_key_changes"}) {
    BOOST_TEST(count(table) == "1", table);
  }
  BOOST_TEST(count("events") == "2");
  BOOST_TEST(archived() == "D1 D2");
  BOOST_TEST(value("select string_agg(distinct \"user\", '') from sequent_schema.saved_event_records where timestamp > "
                   "now() - interval '1 hour'") == "seriatim");
  BOOST_CHECK((error_of([&] { app->commands().execute(add(doomed, 1)); }) == ErrorCode::aggregate_not_found));
  app->commands().execute(add(kept, 1));
}

BOOST_AUTO_TEST_CASE(commands_are_deleted_when_no_events_of_theirs_are_left) {
  const AggregateId doomed = create_wallet();
  const AggregateId kept = create_wallet();
  app->commands().execute(add(doomed, 1));
  app->commands().execute(add(kept, 1));
  BOOST_TEST(Deletion{options}.delete_commands(std::vector{doomed, kept}) == 0);
  Deletion{options}.delete_streams(std::vector{doomed});
  BOOST_TEST(count("commands") == "4");
  BOOST_TEST(Deletion{options}.delete_commands(std::vector{kept}) == 0);
  BOOST_TEST(Deletion{options}.delete_commands(std::vector{doomed}) == 2);
  BOOST_TEST(count("commands") == "2");
  Deletion{options}.delete_streams(std::vector{kept});
  BOOST_TEST(Deletion{options}.delete_commands() == 2);
  BOOST_TEST(count("commands") == "0");
}

BOOST_AUTO_TEST_CASE(only_the_owner_deletes) {
  const AggregateId id = create_wallet();
  (void)value("create role seriatim_test_deleter login in role seriatim_application");
  Options application = options;
  application.database_url.replace(application.database_url.find("seriatim@"), 9, "seriatim_test_deleter@");
  try {
    Deletion{application}.delete_streams(std::vector{id});
    BOOST_FAIL("deleted");
  } catch (const Error& error) {
    BOOST_TEST(std::string{error.what()}.find("only the owner") != std::string::npos, error.what());
  }
  BOOST_CHECK((error_of([&] { Deletion{application}.delete_commands(); }) == ErrorCode::database));
  BOOST_TEST(count("events") == "1");
  BOOST_TEST(count("commands") == "1");
}

BOOST_AUTO_TEST_CASE(a_writer_of_a_stream_that_is_deleted_meanwhile_stores_nothing) {
  const AggregateId id = create_wallet();
  core::Registry registry{{wallet::domain()}};
  postgres::PostgresStore store{options.database_url, {}, registry};
  Command command;
  command.aggregate_id = id;
  struct Ignore final : store::StreamReader {
    void stream(std::string_view) override {}
    void event(const store::EventRow&) override {}
  } ignore;
  const auto append = [&](std::size_t events, bool loads) {
    store::StreamAppend stream{id, 0, 1, {}};
    stream.events.assign(events, {registry.event("Wallet::Events::MoneyAdded"), R"({"amount": "1"})"});
    const auto transaction = store.begin({});
    if (loads) (void)transaction->load(id, ignore);
    if (loads) Deletion{options}.delete_streams(std::vector{id});
    transaction->append({0, &command, "{}"}, std::vector{stream}, command.created_at);
    transaction->commit();
  };
  BOOST_CHECK((error_of([&] { append(1, true); }) == ErrorCode::optimistic_locking));
  BOOST_CHECK((error_of([&] { append(2, false); }) == ErrorCode::integrity));
  BOOST_TEST(count("events") == "0");
}

BOOST_AUTO_TEST_CASE(a_stream_that_was_deleted_and_made_again_since_it_was_loaded_gets_no_gap) {
  core::Registry registry{{wallet::domain()}};
  postgres::PostgresStore store{options.database_url, {}, registry, {}, {std::size_t{1} << 20U}};
  struct Ignore final : store::StreamReader {
    void stream(std::string_view) override {}
    void event(const store::EventRow&) override {}
  } ignore;
  for (const std::size_t events : {1U, 2U}) {
    for (const bool made_again : {false, true}) {
      const AggregateId id = create_wallet();
      app->commands().execute(add(id, 1));
      const auto make_again = [&] {
        wallet::CreateWallet command;
        command.aggregate_id = id;
        command.user_id = "2";
        app->commands().execute(command);
      };
      Command command;
      command.aggregate_id = id;
      store::StreamAppend stream{id, 0, 2, {}};
      stream.events.assign(events, {registry.event("Wallet::Events::MoneyAdded"), R"({"amount": "1"})"});
      const auto transaction = store.begin({});
      (void)transaction->load(id, ignore);
      Deletion{options}.delete_streams(std::vector{id});
      if (made_again) make_again();
      BOOST_CHECK((error_of([&] {
                     transaction->append({0, &command, "{}"}, std::vector{stream}, command.created_at);
                     transaction->commit();
                   }) == ErrorCode::optimistic_locking));
    }
  }
  BOOST_TEST(count("events") == "2");
}

BOOST_AUTO_TEST_CASE(set_based_changes_are_archived_row_by_row_in_every_partition) {
  const AggregateId id = create_wallet();
  app->commands().execute(add(id, 1), add(id, 2));
  (void)value("update sequent_schema.events set event_json = event_json || '{\"x\": 1}' where sequence_number > 1");
  BOOST_TEST(archived() == "U2 U3");
  (void)value("delete from sequent_schema.events where sequence_number > 2");
  BOOST_TEST(archived() == "U2 U3 D3");
  // A statement that names a partition passes by the triggers of the whole table.
  (void)value("update sequent_schema.events_default set created_at = now() where sequence_number = 2");
  (void)value("delete from sequent_schema.events_default");
  BOOST_TEST(archived() == "U2 U3 D3 U2 D1 D2");
}

BOOST_AUTO_TEST_CASE(a_partition_that_is_added_is_protected_as_well) {
  const AggregateId id = create_wallet();
  (void)value("create table sequent_schema.events_x partition of sequent_schema.events for values from ('x') to ('y')");
  (void)value("select sequent_schema.protect_event_partitions()");
  (void)value("update sequent_schema.events set partition_key = 'x' where aggregate_id = '" + uuid_text(id) + "'");
  (void)value("delete from sequent_schema.events_x");
  BOOST_TEST(archived() == "D1");
}

BOOST_AUTO_TEST_CASE(a_partition_of_a_partition_is_protected_as_well) {
  const AggregateId id = create_wallet();
  app->commands().execute(add(id, 1));
  (void)value("create table sequent_schema.events_x partition of sequent_schema.events for values from ('x') to ('y') "
              "partition by range (partition_key)");
  (void)value("create table sequent_schema.events_x1 partition of sequent_schema.events_x default");
  (void)value("select sequent_schema.protect_event_partitions()");
  (void)value("update sequent_schema.events set partition_key = 'x' where aggregate_id = '" + uuid_text(id) + "'");
  const std::string edition = value("select xmin from sequent_schema.aggregates");
  (void)value("update sequent_schema.events_x1 set event_json = event_json || '{\"x\": 1}' where sequence_number = 1");
  BOOST_TEST(value("select xmin from sequent_schema.aggregates") != edition);
  (void)value("delete from sequent_schema.events_x1 where sequence_number = 2");
  (void)value("delete from sequent_schema.events_x");
  BOOST_TEST(archived() == "U1 D2 D1");
  BOOST_TEST(state_of("truncate sequent_schema.events_x1") == "55000");
}

BOOST_AUTO_TEST_CASE(migrating_protects_partitions_that_were_added) {
  (void)value("create table sequent_schema.events_x partition of sequent_schema.events for values from ('x') to ('y')");
  Database{options}.migrate({wallet::domain()});
  BOOST_TEST(state_of("truncate sequent_schema.events_x") == "55000");
}

BOOST_AUTO_TEST_CASE(events_cannot_be_truncated_because_nothing_would_archive_them) {
  (void)create_wallet();
  BOOST_TEST(state_of("truncate sequent_schema.events") == "55000");
  BOOST_TEST(state_of("truncate sequent_schema.events_default") == "55000");
  BOOST_TEST(count("events") == "1");
}

BOOST_FIXTURE_TEST_CASE(the_command_line_deletes_streams_and_commands_when_told_so, WalletCli) {
  BOOST_TEST(run({"execute"}, create_wallet(some_id) + add_money(some_id, "1") + create_wallet(other_id)).exit_code == 0);
  const ProgramResult asked = run({"maintenance", "delete-streams", some_id});
  BOOST_TEST(asked.exit_code == 2);
  BOOST_TEST(contains(asked.errors, "add --yes"), asked.errors);
  BOOST_TEST(stored() == "3|3");
  const ProgramResult gone = run({"maintenance", "delete-streams", some_id, "--yes"});
  BOOST_TEST(gone.exit_code == 0);
  BOOST_TEST(gone.output == "deleted 1 streams with 2 events\n");
  BOOST_TEST(run({"maintenance", "delete-streams", some_id, "--yes", "--json"}).output ==
             "{\"streams\":0,\"events\":0,\"missing\":[\"" + some_id + "\"]}\n");
  BOOST_TEST(run({"maintenance", "delete-commands", "--yes"}).exit_code == 2);
  BOOST_TEST(run({"maintenance", "delete-commands", some_id, "--yes"}).output == "deleted 2 commands\n");
  BOOST_TEST(run({"maintenance", "delete-commands", "--all", "--yes", "--json"}).output == "{\"commands\":0}\n");
  BOOST_TEST(stored() == "1|1");
  BOOST_TEST(run({"maintenance", "delete-streams", "not-an-id", "--yes"}).exit_code == 2);
}

BOOST_AUTO_TEST_SUITE_END()
