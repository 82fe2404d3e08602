// seriatim maintenance: unique keys and partition keys, with a plugin that declares both.

#include <boost/test/unit_test.hpp>

#include "cli.hpp"
#include "paths.hpp"

namespace {

using namespace seriatim::testing;

const std::string accounts_plugin = SERIATIM_TEST_PLUGIN_DIR "/accounts.so";

class AccountsCli : public Cli {
 public:
  AccountsCli() {
    if (run({"db", "create"}).exit_code != 0) throw std::runtime_error{"seriatim db create failed"};
    for (const char* step : {"online", "offline"}) {
      if (run({"migrate", step, "--to", "1"}).exit_code != 0) throw std::runtime_error{"the views cannot be built"};
    }
  }
  [[nodiscard]] ProgramResult run(const Arguments& arguments, std::string_view input = {}) const {
    Arguments all{"--database", url_, "--plugin", accounts_plugin};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return run_bare(all, input);
  }
  void query(const std::string& sql) const {
    pqxx::connection connection{url_};
    pqxx::nontransaction{connection}.exec(sql);
  }
  [[nodiscard]] const std::string& url() const noexcept { return url_; }

 private:
  std::string url_ = shared_cluster().create_database();
};

std::string register_user(const std::string& id, const std::string& email, const std::string& region) {
  return R"({"type":"Accounts::RegisterUser","aggregate_id":")" + id + R"(","email":")" + email + R"(","region":")" +
         region + "\"}\n";
}
std::string relocate(const std::string& id, const std::string& region) {
  return R"({"type":"Accounts::Relocate","aggregate_id":")" + id + R"(","region":")" + region + "\"}\n";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(maintenance_commands)

BOOST_FIXTURE_TEST_CASE(a_taken_key_is_answered_as_a_refusal, AccountsCli) {
  const ProgramResult result =
      run({"execute", "--json"}, register_user(some_id, "a@x", "eu") + register_user(other_id, "a@x", "eu"));
  BOOST_TEST(result.exit_code == 3);
  BOOST_TEST(contains(result.output, R"({"line":2,"status":"refused","error":{"code":"aggregate_key_not_unique")"),
             result.output);
}

BOOST_FIXTURE_TEST_CASE(unique_keys_are_recomputed_and_conflicts_named, AccountsCli) {
  BOOST_TEST(run({"execute"}, register_user(some_id, "a@x", "eu")).exit_code == 0);
  query("delete from sequent_schema.aggregate_unique_keys");
  BOOST_TEST(run({"execute"}, register_user(other_id, "a@x", "eu")).exit_code == 0);
  const ProgramResult conflict = run({"maintenance", "unique-keys", "--type", "Accounts::User"});
  BOOST_TEST(conflict.exit_code == 4);
  BOOST_TEST(conflict.output == "conflict: Accounts::User " + some_id + " has no key in scope email: {\"email\": \"a@x\"} "
                                "belongs to " + other_id + "\n2 aggregates: 0 keys changed, 1 conflicts\n");
  query("delete from sequent_schema.aggregate_unique_keys");
  const ProgramResult json = run({"maintenance", "unique-keys", "--json"});
  BOOST_TEST(json.exit_code == 4);
  BOOST_TEST(json.output == R"({"conflict":{"type":"Accounts::User","aggregate_id":")" + other_id +
                                R"(","scope":"email","key":{"email": "a@x"},"holder":")" + some_id + "\"}}\n"
                                R"({"aggregates":2,"changed":1,"conflicts":1})" "\n");
  BOOST_TEST(contains(json.errors, R"({"domain":"unique keys","phase":"Accounts::User","done":0,"total":2)"), json.errors);
}

BOOST_FIXTURE_TEST_CASE(an_unknown_type_is_refused, AccountsCli) {
  const ProgramResult result = run({"maintenance", "unique-keys", "--type", "Accounts::Nobody"});
  BOOST_TEST(result.exit_code == 2);
  BOOST_TEST(contains(result.errors, "Accounts::Nobody"), result.errors);
}

BOOST_FIXTURE_TEST_CASE(partition_keys_are_moved, AccountsCli) {
  BOOST_TEST(run({"execute"}, register_user(some_id, "a@x", "eu") + relocate(some_id, "us")).exit_code == 0);
  const ProgramResult moved = run({"maintenance", "partition-keys"});
  BOOST_TEST(moved.exit_code == 0);
  BOOST_TEST(moved.output == "1 aggregates moved, with 3 events\n");
  BOOST_TEST(contains(moved.errors, "partition keys: moving"), moved.errors);
  BOOST_TEST(run({"maintenance", "partition-keys", "--json", "--quiet"}).output == "{\"aggregates\":0,\"events\":0}\n");
  BOOST_TEST(contains(run({"aggregate", "show", some_id, "--json"}).output, "\"sequence_number\":3"));
}

BOOST_FIXTURE_TEST_CASE(moving_beside_a_migration_is_a_conflict, AccountsCli) {
  pqxx::connection connection{url()};
  pqxx::nontransaction migration{connection};
  migration.exec("select pg_advisory_lock(1936028521, 'view_schema.sequent_versions'::regclass::oid::integer)");
  const ProgramResult refused = run({"maintenance", "partition-keys", "--json"});
  BOOST_TEST(refused.exit_code == 4);
  BOOST_TEST(contains(refused.output, R"({"error":{"code":"concurrent_migration")"), refused.output);
}

BOOST_AUTO_TEST_SUITE_END()
