// Behaviour 5.8: from a command or an event all the way up and down.
#include <boost/test/unit_test.hpp>

#include "cli.hpp"
#include "seriatim/deletion.hpp"
#include "support/wallet_store.hpp"

using namespace seriatim;
using namespace seriatim::testing;

namespace {

/// a#1 (from outside) caused b#2 and c#2; b#2 caused c#3. Apart from them, b#1, c#1 and a#2.
struct Fixture : WalletStore {
  Fixture() {
    b = create_wallet();
    c = create_wallet();
    wallet::CreateWallet create;
    create.aggregate_id = a;
    create.user_id = "2";
    app->commands().execute(create);
    caused(b, {a, 1});
    caused(c, {a, 1});
    caused(c, {b, 2});
    app->commands().execute(add(a, 1));
  }

  void caused(const AggregateId& id, const EventPosition& cause) {
    wallet::AddMoney command = add(id, 1);
    command.event_aggregate_id = cause.aggregate_id;
    command.event_sequence_number = cause.sequence_number;
    app->commands().execute(command);
  }

  /// The id of the command that stored an event.
  std::int64_t command_of(const AggregateId& id, int number) const {
    return std::stoll(value("select command_id from sequent_schema.events where aggregate_id = '" + uuid_text(id) +
                            "' and sequence_number = " + std::to_string(number)));
  }

  AggregateId a = new_uuid();
  AggregateId b;
  AggregateId c;
  AuditTrail& audit = app->audit();
};

std::vector<std::int64_t> ids_of(const std::vector<AuditedCommand>& commands) {
  std::vector<std::int64_t> ids;
  for (const AuditedCommand& command : commands) ids.push_back(command.id);
  return ids;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(audit, Fixture)

BOOST_AUTO_TEST_CASE(from_a_command_lead_its_child_events_its_parent_event_and_its_origin) {
  const CommandAudit found = audit.command(command_of(c, 3));
  BOOST_TEST(found.command.type == "Wallet::Commands::AddMoney");
  BOOST_REQUIRE(found.command.events.size() == 1U);
  BOOST_TEST((found.command.events[0].position == EventPosition{c, 3}));
  BOOST_REQUIRE(found.parent.has_value());
  BOOST_TEST((found.parent->position == EventPosition{b, 2}));
  BOOST_TEST(found.parent->command_id == command_of(b, 2));
  BOOST_TEST(found.origin.id == command_of(a, 1));
  BOOST_TEST(found.origin.type == "Wallet::Commands::CreateWallet");
}

BOOST_AUTO_TEST_CASE(from_an_event_lead_its_parent_command_its_child_commands_and_its_origin) {
  const EventAudit first = audit.event({a, 1});
  BOOST_TEST(first.parent.id == command_of(a, 1));
  BOOST_TEST(first.origin.id == command_of(a, 1));
  BOOST_TEST((ids_of(first.commands) == std::vector{command_of(b, 2), command_of(c, 2)}));
  const EventAudit last = audit.event({c, 3});
  BOOST_TEST(last.event.type == "Wallet::Events::MoneyAdded");
  BOOST_TEST(last.parent.id == command_of(c, 3));
  BOOST_TEST(last.origin.id == command_of(a, 1));
  BOOST_TEST(last.commands.empty());
}

BOOST_AUTO_TEST_CASE(a_command_from_outside_is_its_own_origin) {
  const CommandAudit found = audit.command(command_of(a, 2));
  BOOST_TEST(!found.parent.has_value());
  BOOST_TEST(found.origin.id == found.command.id);
}

BOOST_AUTO_TEST_CASE(the_tree_of_an_origin_holds_all_that_followed_and_nothing_else) {
  BOOST_TEST((ids_of(audit.tree(command_of(a, 1))) ==
              std::vector{command_of(a, 1), command_of(b, 2), command_of(c, 2), command_of(c, 3)}));
  BOOST_TEST((ids_of(audit.tree(command_of(b, 2))) == std::vector{command_of(b, 2), command_of(c, 3)}));
}

BOOST_AUTO_TEST_CASE(a_deleted_event_on_the_way_up_ends_the_trail_there) {
  const std::int64_t command = command_of(c, 3);
  const std::int64_t middle = command_of(b, 2);
  Deletion{options}.delete_streams(std::vector{a});
  const CommandAudit found = audit.command(command);
  BOOST_TEST(found.origin.id == middle);
  BOOST_TEST((found.origin.cause == EventPosition{a, 1}));
  BOOST_TEST(!audit.command(middle).parent.has_value());
}

BOOST_AUTO_TEST_CASE(commands_that_caused_each_other_end_the_search_too) {
  // Only foreign hands can store this.
  (void)value("update sequent_schema.commands set event_aggregate_id = '" + uuid_text(c) +
              "', event_sequence_number = 3 where id = " + std::to_string(command_of(a, 1)));
  BOOST_TEST(audit.tree(command_of(a, 1)).size() == 4U);
  BOOST_TEST(audit.command(command_of(c, 3)).command.id == command_of(c, 3));
}

BOOST_AUTO_TEST_CASE(what_is_not_stored_is_said_so) {
  BOOST_CHECK((error_of([&] { (void)audit.command(999999); }) == ErrorCode::not_found));
  BOOST_CHECK((error_of([&] { (void)audit.event({a, 99}); }) == ErrorCode::not_found));
  BOOST_CHECK((error_of([&] { (void)audit.event({new_uuid(), 1}); }) == ErrorCode::not_found));
}

BOOST_AUTO_TEST_CASE(the_command_line_prints_the_tree_and_marks_what_was_asked_for) {
  const Cli cli;
  const auto run = [&](Arguments arguments) {
    arguments.insert(arguments.begin(), {"--database", options.database_url});
    return cli.run_bare(arguments);
  };
  const ProgramResult event = run({"audit", "event", uuid_text(b), "2"});
  BOOST_TEST(event.exit_code == 0, event.errors);
  const auto lines = lines_of(event.output);
  BOOST_REQUIRE(lines.size() == 8U);
  BOOST_TEST(lines[0].starts_with("  command " + std::to_string(command_of(a, 1)) + " Wallet::Commands::CreateWallet "));
  BOOST_TEST(lines[1].starts_with("    event " + uuid_text(a) + " #1 Wallet::Events::WalletCreated "));
  BOOST_TEST(lines[2].starts_with("      command " + std::to_string(command_of(b, 2)) + " Wallet::Commands::AddMoney "));
  BOOST_TEST(lines[3].starts_with(">       event " + uuid_text(b) + " #2 "), lines[3]);
  BOOST_TEST(lines[4].starts_with("          command " + std::to_string(command_of(c, 3))));
  BOOST_TEST(lines[6].starts_with("      command " + std::to_string(command_of(c, 2))));
  const ProgramResult command = run({"audit", "command", std::to_string(command_of(c, 3)), "--json"});
  BOOST_TEST(command.exit_code == 0, command.errors);
  for (const char* part : {R"({"command":{"id":)", R"("parent_event":{"aggregate_id":)", R"("origin_command":{"id":)",
                           R"("tree":{"id":)", R"("commands":[{"id":)"}) {
    BOOST_TEST(contains(command.output, part), command.output);
  }
  BOOST_TEST(lines_of(command.output).size() == 1U);
  BOOST_TEST(run({"audit", "command", "999999"}).exit_code == 3);
  BOOST_TEST(run({"audit", "event", uuid_text(a), "0"}).exit_code == 2);
}

BOOST_AUTO_TEST_SUITE_END()
