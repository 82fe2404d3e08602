// A command costs two round trips, whatever joins it.
#include <boost/test/unit_test.hpp>

#include "support/accounts_store.hpp"
#include "support/postgres_proxy.hpp"
#include "support/shelf_store.hpp"

using namespace seriatim;
using namespace seriatim::testing;
using shelf::Act;
using shelf::Book;
using shelf::BookAdded;

namespace {

struct Fixture : ShelfStore {
  Fixture() {
    options.database_url = proxy.url();
    Execution execution;
    execution.filters = {[](AnyCommand&) {}};
    execution.middleware = {[](const AnyCommand&, const std::function<void()>& next) { next(); }};
    execution.retry.attempts = 3;
    open(std::move(execution));
    // The first call of a connection opens it, and the first of its kind prepares its statements.
    app->commands().execute(lending());
    app->commands().execute(lending());
  }
  Act lending() {
    return command(id, [this](Repository& books) { books.load<Book>(id).lend(1); });
  }
  template <class... Acts>
  std::size_t round_trips(const Acts&... acts) {
    const std::size_t before = proxy.round_trips();
    app->commands().execute(acts...);
    return proxy.round_trips() - before;
  }

  PostgresProxy proxy{options.database_url};
  AggregateId id = add_book();
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(round_trips_of_commands, Fixture)

BOOST_AUTO_TEST_CASE(an_ordinary_command_takes_two_round_trips) { BOOST_TEST(round_trips(lending()) == 2U); }

BOOST_AUTO_TEST_CASE(a_command_that_loads_nothing_takes_one_round_trip) {
  const AggregateId fresh = new_uuid();
  BOOST_TEST(round_trips(command(
                 fresh, [&](Repository& books) { books.add<Book>(fresh, BookAdded{"B", {}, {}, {}, {}}); })) == 1U);
}

BOOST_AUTO_TEST_CASE(a_receipt_takes_no_round_trip_of_its_own) {
  Act act = lending();
  act.idempotency_key = "k";
  BOOST_TEST(round_trips(act) == 2U);
}

BOOST_AUTO_TEST_CASE(an_expected_sequence_number_takes_no_round_trip_of_its_own) {
  Act act = lending();
  act.sequence_number = 3;
  BOOST_TEST(round_trips(act) == 2U);
  const AggregateId other = add_book();
  Act elsewhere = command(id, [&](Repository& books) { books.load<Book>(other).lend(1); });
  elsewhere.sequence_number = 4;
  elsewhere.idempotency_key = "k";
  BOOST_TEST(round_trips(elsewhere) == 2U);
}

BOOST_AUTO_TEST_CASE(a_further_aggregate_takes_a_further_round_trip_to_load) {
  const AggregateId other = add_book();
  BOOST_TEST(round_trips(command(id, [&](Repository& books) {
               books.load<Book>(id).lend(1);
               books.load<Book>(other).lend(1);
             })) == 3U);
}

BOOST_AUTO_TEST_CASE(a_command_that_only_looks_takes_one_round_trip_and_a_rollback) {
  BOOST_TEST(round_trips(command(id, [&](Repository& books) { (void)books.load<Book>(id); })) == 2U);
}

BOOST_AUTO_TEST_CASE(a_key_a_snapshot_mark_and_a_receipt_together_take_no_round_trip_of_their_own) {
  const AccountsStore store;
  const AggregateId user = store.register_user("a@example.org");
  PostgresProxy wire{store.options.database_url};
  Options through_wire = store.options;
  through_wire.database_url = wire.url();
  Application program{through_wire, {store.domain()}};
  const auto change = [&](const std::string& email) {
    (*store.deeds)["change"] = [&](Repository& users) { users.load<accounts::User>(user).change_email(email); };
    accounts::Act act = AccountsStore::command("change");
    act.idempotency_key = "to " + email;
    const std::size_t before = wire.round_trips();
    program.commands().execute(act);
    return wire.round_trips() - before;
  };
  // The first ones open the connection and prepare statements.
  change("b@example.org");
  change("c@example.org");
  BOOST_TEST(change("d@example.org") == 2U);

  pqxx::connection connection{store.options.database_url};
  pqxx::nontransaction work{connection};
  const auto value = [&](const char* sql) { return std::string{work.exec(sql)[0][0].c_str()}; };
  BOOST_TEST(value("select key->>'email' from sequent_schema.aggregate_unique_keys where scope = 'email'") == "d@example.org");
  BOOST_TEST(value("select count(snapshot_outdated_at) from sequent_schema.aggregates_that_need_snapshots") == "1");
  BOOST_TEST(value("select count(*) from sequent_schema.command_receipts") == "3");
}

BOOST_AUTO_TEST_CASE(a_refusal_stands_when_the_connection_ends_at_its_rollback_and_the_next_command_gets_another) {
  const Act refused = command(id, [this](Repository& books) {
    books.load<Book>(id).lend(7);
    throw DomainError{"no", "never"};
  });
  // On a connection of its own, so that the first command has statements to prepare, which are not sent.
  const auto refuse_anew = [&](std::size_t struck_message) {
    open({});
    proxy.strike_at(struck_message, PostgresProxy::Strike::cut_before);
    BOOST_CHECK_THROW(app->commands().execute(lending(), refused), DomainError);
  };
  refuse_anew(0);
  refuse_anew(proxy.last_with("rollback"));
  BOOST_TEST(proxy.struck() == "rollback");
  BOOST_CHECK_NO_THROW(app->commands().execute(lending()));
}

BOOST_AUTO_TEST_SUITE_END()
