// Behaviour 3 to 6: commands through handlers into events and views.
#include <boost/test/unit_test.hpp>

#include "support/wallet_store.hpp"

using namespace seriatim;
using namespace seriatim::testing;
using namespace seriatim::literals;

namespace {

struct Fixture : WalletStore {
  Fixture() { build_views(); }
  std::string balance(const AggregateId& id) const {
    return value("select balance from view_schema.wallet_records where aggregate_id = '" + uuid_text(id) + "'");
  }
  std::string events() const { return value("select count(*) from sequent_schema.events"); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(command_service, Fixture)

BOOST_AUTO_TEST_CASE(the_wallet_scenario_leaves_15_in_the_view_and_its_movements_in_the_event_records) {
  const AggregateId id = create_wallet();
  app->commands().execute(add(id, "20"_decimal));
  BOOST_TEST(balance(id) == "20.00");
  app->commands().execute(draw(id, "5"_decimal));
  BOOST_TEST(balance(id) == "15.00");
  BOOST_TEST(value("select string_agg(case event_type when 'Wallet::Events::MoneyAdded' then 'IN ' else 'OUT ' end ||"
                   " (event_json->>'amount'), ', ' order by sequence_number) from sequent_schema.event_records"
                   " where event_type <> 'Wallet::Events::WalletCreated'") == "IN 20, OUT 5");
}

BOOST_AUTO_TEST_CASE(a_refused_command_changes_nothing) {
  const AggregateId id = create_wallet();
  app->commands().execute(add(id, 15));
  BOOST_CHECK_THROW(app->commands().execute(draw(id, 100)), DomainError);
  BOOST_TEST(balance(id) == "15.00");
  BOOST_TEST(events() == "2");
  BOOST_TEST(value("select count(*) from sequent_schema.commands") == "2");
}

BOOST_AUTO_TEST_CASE(commands_of_one_call_are_stored_all_or_none) {
  const AggregateId id = create_wallet();
  BOOST_CHECK_THROW(app->commands().execute(add(id, 20), draw(id, 5), draw(id, 100)), DomainError);
  BOOST_TEST(events() == "1");
  const ExecutionResult result = app->commands().execute(add(id, 20), draw(id, 5));
  BOOST_TEST(result.events.size() == 2U);
  BOOST_TEST(balance(id) == "15.00");
}

BOOST_AUTO_TEST_CASE(the_next_call_works_after_a_failed_one) {
  const AggregateId id = create_wallet();
  for (int i = 0; i < 3; ++i) {
    BOOST_CHECK_THROW(app->commands().execute(draw(id, 1)), DomainError);
    app->commands().execute(add(id, 1), draw(id, 1));
  }
  BOOST_TEST(balance(id) == "0.00");
}

BOOST_AUTO_TEST_CASE(a_failing_commit_rolls_everything_back_and_the_next_call_works) {
  const AggregateId id = create_wallet();
  (void)value("create function public.refuse() returns trigger language plpgsql as $$ begin raise exception 'not today'; "
              "end $$");
  (void)value("create constraint trigger refuse after insert on sequent_schema.events_default deferrable initially "
              "deferred for each row when (new.sequence_number = 2) execute function public.refuse()");
  BOOST_CHECK_EXCEPTION(app->commands().execute(add(id, 1)), Error, [](const Error& error) {
    return error.code() == ErrorCode::database && !error.in_doubt() &&
           std::string{error.what()}.find("not today") != std::string::npos;
  });
  BOOST_TEST(events() == "1");
  BOOST_TEST(value("select count(*) from sequent_schema.commands") == "1");
  BOOST_TEST(balance(id) == "0.00");
  create_wallet();
  (void)value("drop trigger refuse on sequent_schema.events_default");
  app->commands().execute(add(id, 1));
  BOOST_TEST(balance(id) == "1.00");
}

BOOST_AUTO_TEST_CASE(a_wallet_is_created_and_used_in_one_transaction) {
  wallet::CreateWallet create;
  create.aggregate_id = new_uuid();
  create.user_id = "7";
  app->commands().execute(create, add(create.aggregate_id, "2.50"_decimal));
  BOOST_TEST(balance(create.aggregate_id) == "2.50");
}

BOOST_AUTO_TEST_CASE(sequence_numbers_start_at_one_and_continue_from_history) {
  const AggregateId id = create_wallet();
  app->commands().execute(add(id, 1), add(id, 1));
  const ExecutionResult result = app->commands().execute(add(id, 1));
  BOOST_TEST(result.events.front().sequence_number == 4);
  BOOST_TEST(value("select string_agg(sequence_number::text, ',' order by sequence_number) from "
                   "sequent_schema.events") == "1,2,3,4");
}

BOOST_AUTO_TEST_CASE(the_command_is_stored_with_its_events_and_points_at_them) {
  const AggregateId id = create_wallet();
  wallet::AddMoney command = add(id, "20.00"_decimal);
  command.user_id = new_uuid();
  app->commands().execute(command);
  BOOST_TEST(value("select command_json::text from sequent_schema.commands order by id desc limit 1") ==
             R"({"amount": "20.00", "source": "API"})");
  BOOST_TEST(value("select user_id from sequent_schema.command_records order by id desc limit 1") ==
             uuid_text(*command.user_id));
  BOOST_TEST(value("select c.command_type from sequent_schema.event_records e join sequent_schema.command_records c "
                   "on c.id = e.command_record_id where e.sequence_number = 2") == "Wallet::Commands::AddMoney");
}

BOOST_AUTO_TEST_CASE(events_hold_their_attributes_alone_and_the_reading_view_puts_the_rest_back) {
  const AggregateId id = create_wallet();
  BOOST_TEST(value("select event_json::text from sequent_schema.events") == R"({"user_id": "2"})");
  BOOST_TEST(value("select event_json->>'aggregate_id' from sequent_schema.event_records") == uuid_text(id));
  BOOST_TEST(value("select event_json->>'created_at' from sequent_schema.event_records").size() ==
             std::string{"2026-11-21T10:00:00.000Z"}.size());
}

BOOST_AUTO_TEST_CASE(a_missing_aggregate_is_named) {
  const AggregateId id = new_uuid();
  BOOST_CHECK_EXCEPTION(app->commands().execute(add(id, 1)), Error, [&](const Error& error) {
    return error.code() == ErrorCode::aggregate_not_found &&
           std::string{error.what()}.find(uuid_text(id)) != std::string::npos;
  });
}

BOOST_AUTO_TEST_CASE(a_second_aggregate_under_one_id_is_an_optimistic_locking_error) {
  const AggregateId id = create_wallet();
  wallet::CreateWallet again;
  again.aggregate_id = id;
  again.user_id = "3";
  BOOST_CHECK((error_of([&] { app->commands().execute(again); }) == ErrorCode::optimistic_locking));
  BOOST_CHECK((error_of([&] {
                 wallet::CreateWallet fresh = again;
                 fresh.aggregate_id = new_uuid();
                 app->commands().execute(fresh, fresh);
               }) == ErrorCode::non_unique_aggregate));
  BOOST_TEST(events() == "1");
}

BOOST_AUTO_TEST_CASE(all_errors_of_an_invalid_command_are_reported_at_once) {
  try {
    app->commands().execute(wallet::DrawMoney{{}, -1, " "});
    BOOST_FAIL("accepted");
  } catch (const CommandNotValid& error) {
    BOOST_TEST(error.errors().size() == 3U);
    BOOST_TEST(error.errors().at("amount").front().message == "must be greater than 0");
    BOOST_TEST(error.errors().count("aggregate_id") == 1U);
    BOOST_TEST(error.errors().count("destination") == 1U);
  }
  BOOST_TEST(events() == "0");
}

BOOST_AUTO_TEST_CASE(a_failing_projector_is_named_with_the_event_and_rolls_everything_back) {
  const AggregateId id = create_wallet();
  app->commands().execute(add(id, "99999999.99"_decimal));
  BOOST_CHECK_EXCEPTION(app->commands().execute(add(id, 1)), Error, [&](const Error& error) {
    const std::string text = error.what();
    BOOST_TEST_MESSAGE(text);
    return error.code() == ErrorCode::publish && text.find("WalletProjector") != std::string::npos &&
           text.find("event 3") != std::string::npos && text.find("numeric field overflow") != std::string::npos;
  });
  BOOST_TEST(events() == "2");
  BOOST_TEST(balance(id) == "99999999.99");
}

BOOST_AUTO_TEST_CASE(a_view_row_that_is_missing_makes_the_command_fail_instead_of_drifting) {
  const AggregateId id = create_wallet();
  (void)value("delete from view_schema.wallet_records");
  BOOST_CHECK((error_of([&] { app->commands().execute(add(id, 1)); }) == ErrorCode::publish));
  BOOST_TEST(events() == "1");
}

BOOST_AUTO_TEST_CASE(a_command_of_another_type_by_that_name_is_no_injection) {
  const AggregateId id = create_wallet("'); drop schema sequent_schema cascade; --");
  app->commands().execute(wallet::AddMoney{{.aggregate_id = id}, 1, "\\'; $1 \"{}\" \xF0\x9F\x98\x80"});
  BOOST_TEST(value("select user_id from view_schema.wallet_records") == "'); drop schema sequent_schema cascade; --");
  BOOST_TEST(value("select event_json->>'source' from sequent_schema.events where sequence_number = 2") ==
             "\\'; $1 \"{}\" \xF0\x9F\x98\x80");
}

BOOST_AUTO_TEST_CASE(a_damaged_stored_event_is_named_with_aggregate_number_type_and_cause) {
  const AggregateId id = create_wallet();
  app->commands().execute(add(id, 1));
  (void)value("update sequent_schema.events set event_json = '{\"amount\": \"much\"}' where sequence_number = 2");
  BOOST_CHECK_EXCEPTION(app->commands().execute(add(id, 1)), Error, [&](const Error& error) {
    const std::string text = error.what();
    return error.code() == ErrorCode::deserialization && text.find(uuid_text(id)) != std::string::npos &&
           text.find("event 2") != std::string::npos && text.find("MoneyAdded") != std::string::npos &&
           text.find("amount is not a number") != std::string::npos;
  });
}

BOOST_AUTO_TEST_CASE(an_unknown_event_type_in_a_stream_is_named) {
  const AggregateId id = create_wallet();
  (void)value("insert into sequent_schema.event_types (type) values ('Wallet::Events::Lost')");
  (void)value("update sequent_schema.events set event_type_id = (select id from sequent_schema.event_types where type = "
              "'Wallet::Events::Lost')");
  Application later{options, {wallet::domain()}};
  BOOST_CHECK_EXCEPTION(later.commands().execute(add(id, 1)), Error, [&](const Error& error) {
    return std::string{error.what()}.find("Wallet::Events::Lost") != std::string::npos;
  });
}

BOOST_AUTO_TEST_CASE(attributes_that_an_old_event_lacks_are_default_constructed_and_unknown_ones_ignored) {
  const AggregateId id = create_wallet();
  app->commands().execute(add(id, 10));
  (void)value("update sequent_schema.events set event_json = '{\"amount\": \"7\", \"note\": [1, {}]}' "
              "where sequence_number = 2");
  BOOST_CHECK_THROW(app->commands().execute(draw(id, 8)), DomainError);
  app->commands().execute(draw(id, 7));
}

BOOST_AUTO_TEST_CASE(a_command_that_no_domain_handles_is_accepted_or_refused_as_the_options_say) {
  Application without{options, std::vector<Domain>{}};
  BOOST_TEST(without.commands().execute(add(new_uuid(), 1)).events.empty());
  Options strict = options;
  strict.unknown_commands = UnknownCommands::refuse;
  Application refusing{strict, std::vector<Domain>{}};
  BOOST_CHECK((error_of([&] { refusing.commands().execute(add(new_uuid(), 1)); }) == ErrorCode::unknown_command));
}

BOOST_AUTO_TEST_CASE(a_lost_connection_is_retryable_and_the_next_command_uses_a_new_one) {
  const AggregateId id = create_wallet();
  (void)value("select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and "
              "pid <> pg_backend_pid()");
  try {
    app->commands().execute(add(id, 1));  // Works, unless the server has not hung up yet.
  } catch (const Error& error) {
    BOOST_TEST(error.retryable());
    app->commands().execute(add(id, 1));
  }
  BOOST_TEST(balance(id) == "1.00");
}

BOOST_AUTO_TEST_CASE(a_user_in_an_ordinary_table_and_its_wallet_are_stored_in_one_transaction) {
  (void)value("create table public.users (id integer primary key, name text)");
  const auto create = [&](const std::string& user, const std::string& name) {
    wallet::CreateWallet command;
    command.aggregate_id = new_uuid();
    command.user_id = user;
    app->commands().execute({command}, {{"insert into public.users (id, name) values ($1, $2)", {user, name}}});
  };
  create("2", "O'Hara");
  BOOST_TEST(value("select name from public.users where id = 2") == "O'Hara");
  BOOST_TEST(value("select user_id from view_schema.wallet_records") == "2");
  BOOST_CHECK((error_of([&] { create("2", "twice"); }) == ErrorCode::database));
  BOOST_CHECK((error_of([&] { create("", "nobody"); }) == ErrorCode::command_not_valid));
  BOOST_TEST(value("select count(*) from public.users") == "1");
  BOOST_TEST(events() == "1");
}

BOOST_AUTO_TEST_CASE(a_statement_of_the_application_may_end_in_a_comment) {
  (void)value("create table public.users (id integer)");
  wallet::CreateWallet command;
  command.aggregate_id = new_uuid();
  command.user_id = "2";
  app->commands().execute({command}, {{"insert into public.users (id) values ($1) -- whose wallet it is", {"2"}}});
  BOOST_TEST(value("select count(*) from public.users") == "1");
  BOOST_TEST(events() == "1");
}

BOOST_AUTO_TEST_CASE(before_the_views_are_migrated_events_are_stored_and_the_views_follow_later) {
  WalletStore fresh;
  const AggregateId id = fresh.create_wallet();
  fresh.app->commands().execute(add(id, 3));
  fresh.build_views();
  BOOST_TEST(fresh.wrong_wallets() == "0");
  BOOST_TEST(fresh.wrong_transactions() == "0");
  fresh.app->commands().execute(draw(id, 1));
  BOOST_TEST(fresh.wrong_wallets() == "0");
  BOOST_TEST(fresh.wrong_transactions() == "0");
}

BOOST_AUTO_TEST_SUITE_END()
