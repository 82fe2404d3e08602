// Behaviour 5.3: names of types become ids, whoever registers them and whatever fails meanwhile.
#include <boost/test/unit_test.hpp>
#include <optional>

#include "core/registry.hpp"
#include "paths.hpp"
#include "store/postgres/postgres_store.hpp"
#include "support/ledger_store.hpp"
#include "support/program.hpp"
#include "support/throwaway_cluster.hpp"
#include "support/wallet_store.hpp"

using namespace seriatim;
using namespace seriatim::testing;
using namespace std::chrono_literals;

namespace {

constexpr int rounds = 50;

struct Fixture {
  Fixture() {
    options.database_url = shared_cluster().create_database();
    Database{options}.create({});
  }

  std::string value(const std::string& sql) const {
    pqxx::connection connection{options.database_url};
    pqxx::nontransaction work{connection};
    return work.exec(sql)[0][0].c_str();
  }

  /// "rows greatest-id" of a table of types.
  std::string ids(const std::string& table) const {
    return value("select count(*) || ' ' || coalesce(max(id), 0) from sequent_schema." + table);
  }

  Program::Settings program(int round) const {
    return {{SERIATIM_TEST_PLUGIN_DIR "/type_registration", options.database_url, "Round" + std::to_string(round)}};
  }

  Options options;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(registration, Fixture)

BOOST_AUTO_TEST_CASE(two_processes_that_register_200_new_types_at_once_neither_deadlock_nor_burn_an_id) {
  for (int round = 0; round < rounds; ++round) {
    Program first{program(round)};
    Program second{program(round)};
    for (Program* each : {&first, &second}) BOOST_REQUIRE(each->read_line(60s).value_or("") == "ready");
    for (Program* each : {&first, &second}) each->feed("go\n");
    for (Program* each : {&first, &second}) each->flush();
    for (Program* each : {&first, &second}) {
      const ProgramResult result = each->finish();
      BOOST_REQUIRE_MESSAGE(result.exit_code == 0, "round " << round << ": " << result.errors);
    }
  }
  BOOST_TEST(ids("event_types") == "5000 5000");
  BOOST_TEST(ids("command_types") == "4000 4000");
  BOOST_TEST(ids("aggregate_types") == "1000 1000");
}

BOOST_AUTO_TEST_CASE(all_kinds_of_types_are_registered_before_the_first_command) {
  const Application app{options, {wallet::domain()}};
  BOOST_TEST(ids("event_types") == "3 3");
  BOOST_TEST(ids("command_types") == "3 3");
  BOOST_TEST(ids("aggregate_types") == "1 1");
}

BOOST_AUTO_TEST_CASE(a_registration_that_is_rolled_back_burns_no_id) {
  // Fails behind the insertion, as a lost connection could.
  (void)value("create function public.refuse() returns trigger language plpgsql as "
              "$$begin raise exception 'not today'; end$$; create constraint trigger refuse after insert on "
              "sequent_schema.event_types deferrable initially deferred for each row execute function public.refuse(); "
              "select 1");
  BOOST_CHECK_THROW((Application{options, {wallet::domain()}}), Error);
  BOOST_TEST(ids("event_types") == "0 0");
  (void)value("drop trigger refuse on sequent_schema.event_types; select 1");
  const Application app{options, {wallet::domain()}};
  BOOST_TEST(ids("event_types") == "3 3");
}

BOOST_AUTO_TEST_CASE(another_program_that_takes_ids_from_the_sequence_meets_no_taken_one) {
  const Application app{options, {wallet::domain()}};
  BOOST_TEST(value("insert into sequent_schema.event_types (type) values ('Foreign::Event') returning id") == "4");
}

BOOST_AUTO_TEST_CASE(a_program_stops_storing_when_the_database_that_comes_back_has_other_ids_for_its_types) {
  ThrowawayCluster cluster;
  const LedgerStore store{cluster.create_database()};
  const auto restart = [&] {
    cluster.server().stop();
    cluster.server().start();
  };
  const AggregateId id = new_uuid();
  store.app->commands().execute(LedgerStore::open_account(id, "a"));
  restart();
  store.app->commands().execute(LedgerStore::deposit(id, 1));
  const std::string events = store.events(id);
  restart();
  // As in a copy from before this type was registered, in which another program then registered one of its own.
  (void)store.value("with taken as (update sequent_schema.event_types set type = 'Foreign::Event' where type = "
                    "'Ledger::Deposited' returning 1) select count(*) from taken");
  BOOST_CHECK_EXCEPTION(store.app->commands().execute(LedgerStore::deposit(id, 1)), Error, [](const Error& error) {
    return error.code() == ErrorCode::configuration &&
           std::string_view{error.what()}.find("Foreign::Event's now; start the program anew") != std::string_view::npos;
  });
  BOOST_TEST(store.events(id) == events);
}

BOOST_AUTO_TEST_SUITE_END()
