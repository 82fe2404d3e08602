// Commands find what they need by indexes, also where their statements were planned when the tables were empty.
#include <boost/test/unit_test.hpp>

#include "support/accounts_store.hpp"

using namespace seriatim;
using namespace seriatim::testing;

namespace {

/// How often the store's tables that grow were read as a whole, as far as ended sessions have told.
std::string whole_reads(const AccountsStore& store) {
  return store.value("select coalesce(string_agg(relname || ' ' || seq_scan, ', ' order by relname), '')"
                     "  from pg_stat_user_tables"
                     " where seq_scan > 0 and relname in ('aggregates', 'events', 'commands', 'aggregate_unique_keys',"
                     "       'command_receipts', 'snapshot_records', 'aggregates_that_need_snapshots')");
}

void wait_for_the_end_of_sessions(const AccountsStore& store) {
  while (store.value("select count(*) from pg_stat_activity"
                     " where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'") != "0") {
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(plans)

BOOST_AUTO_TEST_CASE(commands_never_read_a_table_of_the_store_as_a_whole_however_small_it_was_when_they_were_planned) {
  AccountsStore store;
  // A store that was analyzed while it held next to nothing is where reading all of it looks cheapest.
  const AggregateId first = store.register_user("first@example.org");
  store.run_sql("analyze");
  store.app.reset();
  wait_for_the_end_of_sessions(store);
  store.run_sql("select pg_stat_reset()");

  store.app = store.make_application();
  store.app.reset();
  wait_for_the_end_of_sessions(store);
  const std::string at_start = whole_reads(store);
  store.run_sql("select pg_stat_reset()");

  store.app = store.make_application();
  for (int i = 0; i < 20; ++i) {
    const AggregateId user = store.register_user(std::to_string(i) + "@example.org");
    store.act([&](Repository& users) { users.load<accounts::User>(user).change_email("new" + std::to_string(i)); });
    (*store.deeds)["both"] = [&](Repository& users) {
      for (accounts::User& one : users.load_all<accounts::User>({{first, user}})) {
        one.change_email(uuid_text(one.id()) + std::to_string(i));
      }
    };
    accounts::Act both = AccountsStore::command("both");
    both.idempotency_key = std::to_string(i);
    store.app->commands().execute(both);
    store.app->commands().execute(both);  // Answered by its receipt.
  }
  store.app.reset();
  wait_for_the_end_of_sessions(store);
  BOOST_TEST(whole_reads(store) == at_start);
}

BOOST_AUTO_TEST_SUITE_END()
