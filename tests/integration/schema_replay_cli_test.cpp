// seriatim replay: the steps as people and machines run them, and what a killed program leaves.

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <fstream>

#include "cli.hpp"
#include "runtime/process.hpp"

namespace {

using namespace seriatim::testing;
using std::chrono::milliseconds;

constexpr const char* balances = "select balance from view_schema.wallet_records order by balance";

struct Fixture : WalletCli {
  Fixture() {
    build_views();
    BOOST_REQUIRE(run({"execute"}, create_wallet(some_id) + add_money(some_id, "20") + create_wallet(other_id)).exit_code == 0);
  }

  ProgramResult step(const std::string& name, const Arguments& more = {}) const {
    Arguments all{"--quiet", "replay", name};
    all.insert(all.end(), more.begin(), more.end());
    return run(all);
  }
  void require_step(const std::string& name, const Arguments& more = {}) const {
    const ProgramResult result = step(name, more);
    BOOST_REQUIRE_MESSAGE(result.exit_code == 0, name << ": " << result.errors);
  }

  /// While it exists, whoever asks for the lock 7 waits.
  struct Barrier {
    explicit Barrier(const std::string& url) : session{url}, work{session} { work.exec("select pg_advisory_xact_lock(7)"); }
    pqxx::connection session;
    pqxx::work work;
  };

  /// Kills the program as soon as its server waits for the barrier.
  void kill_at_barrier(const Arguments& arguments) const {
    Program program{settings(with_database(arguments))};
    BOOST_REQUIRE(seriatim::runtime::wait_until(milliseconds{60'000}, [&] {
      return query("select count(*) from pg_locks where locktype = 'advisory' and objid = 7 and not granted and database = "
                   "(select oid from pg_database where datname = current_database())") != "0";
    }));
    program.kill(SIGKILL);
    BOOST_TEST(program.finish().exit_code == 128 + SIGKILL);
  }

  /// Its sessions have noticed that it is gone.
  void wait_for_the_server() const {
    BOOST_REQUIRE(seriatim::runtime::wait_until(milliseconds{60'000}, [&] {
      return query("select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
                   " and backend_type = 'client backend'") == "0";
    }));
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(schema_replay_commands, Fixture)

BOOST_AUTO_TEST_CASE(projectors_are_replayed_step_by_step) {
  BOOST_TEST(step("status").output == "wallet: nothing has been replayed yet\n");
  (void)query("update view_schema.wallet_records set balance = 99 returning 1");
  const ProgramResult prepared = step("prepare", {"WalletProjector"});
  BOOST_TEST(prepared.exit_code == 0, prepared.errors);
  BOOST_TEST(prepared.output == "wallet: replay 1 of WalletProjector is prepared: wallet_records\n  next: `seriatim replay run`\n");
  BOOST_TEST(contains(step("status").output, "replay 1 of WalletProjector is prepared;"));
  BOOST_TEST(contains(step("run", {"--workers", "2"}).output, "is replayed, next is `seriatim replay optimize`; 3 events in"));
  BOOST_TEST(run({"execute"}, add_money(other_id, "5")).exit_code == 0);
  BOOST_TEST(contains(step("status").output, "is replayed; prepared 20"));
  BOOST_TEST(contains(step("status").output, "; 1 events behind; run `seriatim replay optimize`"));
  BOOST_TEST(contains(step("catchup").output, "has caught up; 1 events in"));
  BOOST_TEST(contains(step("optimize").output, "is optimized"));
  const ProgramResult live = step("golive");
  BOOST_TEST(live.exit_code == 0, live.errors);
  BOOST_TEST(contains(live.output, "replay 1 of WalletProjector is live; 0 events in"), live.output);
  BOOST_TEST(contains(live.output, "writers paused "), live.output);
  BOOST_TEST(query(balances) == "5.00\n20.00");
  BOOST_TEST(contains(step("status").output, "old tables in schema view_schema_archive: wallet_records"));
  BOOST_TEST(step("drop-archive").output == "wallet: the archived tables are dropped\n");
  BOOST_TEST(step("drop-archive").output == "wallet: there is no archive\n");
}

BOOST_AUTO_TEST_CASE(machines_read_objects) {
  BOOST_TEST(step("status", {"--json"}).output == "{\"domain\":\"wallet\",\"state\":\"none\"}\n");
  BOOST_TEST(step("prepare", {"--all", "--json"}).output ==
             R"({"domain":"wallet","id":1,"projectors":["WalletProjector","TransactionProjector"],)"
             R"("tables":["wallet_records","transaction_records"],"views":[],"blockers":[],"notes":[]})"
             "\n");
  const ProgramResult ran = run({"replay", "run", "--json"});
  BOOST_TEST(contains(ran.errors, R"({"domain":"wallet","phase":"replaying","done":0,"total":3)"), ran.errors);
  BOOST_TEST(ran.output.starts_with(R"({"domain":"wallet","id":1,"projectors":["WalletProjector","TransactionProjector"],"events":3,)"),
             ran.output);
  const std::string status = step("status", {"--json"}).output;
  BOOST_TEST(status.starts_with(R"({"domain":"wallet","id":1,"state":"replayed","running":false,"interrupted":false,"projectors":[)"),
             status);
  BOOST_TEST(contains(status, R"("events_behind":0})"), status);
  require_step("optimize");
  const std::string live = step("golive", {"--json"}).output;
  BOOST_TEST(contains(live, R"("pause_ms":)"), live);
  BOOST_TEST(contains(live, R"("archive":"view_schema_archive","notes":[]})"), live);
  BOOST_TEST(contains(step("status", {"--json"}).output,
                      R"("archive":{"schema":"view_schema_archive","tables":["transaction_records","wallet_records"],"bytes":)"));
  BOOST_TEST(step("drop-archive", {"--json"}).output == "{\"domain\":\"wallet\",\"dropped\":true}\n");
  require_step("prepare", {"--all"});
  BOOST_TEST(step("abort", {"--json"}).output == "{\"domain\":\"wallet\",\"state\":\"aborted\"}\n");
}

BOOST_AUTO_TEST_CASE(mistakes_have_their_exit_codes) {
  BOOST_TEST(step("prepare").exit_code == 2);
  BOOST_TEST(step("prepare", {"WalletProjector", "--all"}).exit_code == 2);
  const ProgramResult unknown = step("prepare", {"NoSuchProjector"});
  BOOST_TEST(unknown.exit_code == 2);
  BOOST_TEST(contains(unknown.errors, "\"NoSuchProjector\""), unknown.errors);
  BOOST_TEST(step("prepare", {"--all", "--after-prepare", "missing.sql"}).exit_code == 2);
  BOOST_TEST(step("run").exit_code == 1);
  BOOST_TEST(contains(step("run").errors, "run `seriatim replay prepare` first"));
  require_step("prepare", {"--all"});
  BOOST_TEST(step("prepare", {"--all"}).exit_code == 4);
  const ProgramResult early = step("golive");
  BOOST_TEST(early.exit_code == 1);
  BOOST_TEST(contains(early.errors, "is prepared: run `seriatim replay run`, or `seriatim replay abort`"), early.errors);
  BOOST_TEST(step("abort").exit_code == 0);
  BOOST_TEST(step("abort").exit_code == 1);
  BOOST_TEST(run({"replay", "--help"}).exit_code == 0);
}

BOOST_AUTO_TEST_CASE(sql_in_files_is_run_within_the_steps) {
  const auto file = [&](const std::string& name, const std::string& sql) {
    std::ofstream{directory() / name} << sql;
    return name;
  };
  require_step("prepare", {"--all", "--after-prepare", file("a.sql", "create index more on wallet_records (balance);")});
  require_step("run");
  require_step("optimize");
  BOOST_TEST(step("golive", {"--after-golive", file("bad.sql", "select * from nowhere")}).exit_code == 1);
  require_step("golive", {"--before-golive", file("b.sql", "create table public.before as select * from wallet_records;"),
                          "--after-golive", file("c.sql", "comment on table wallet_records is 'new'")});
  BOOST_TEST(query("select count(*) from public.before") == "2");
  BOOST_TEST(query("select obj_description('view_schema.wallet_records'::regclass)") == "new");
  BOOST_TEST(query("select to_regclass('view_schema.more')") == "view_schema.more");
}

BOOST_AUTO_TEST_CASE(a_run_that_was_killed_is_told_and_begins_anew) {
  (void)query("create function public.wait() returns trigger language plpgsql as "
              "$$ begin perform pg_advisory_xact_lock_shared(7); return new; end $$");
  (void)query("create trigger wait before insert on view_schema.wallet_records for each row execute function public.wait()");
  require_step("prepare", {"--all"});
  {
    const Barrier barrier{url()};
    kill_at_barrier({"--quiet", "replay", "run"});
    BOOST_REQUIRE(seriatim::runtime::wait_until(milliseconds{60'000}, [&] {
      return contains(step("status").output, "is replaying, and was interrupted");
    }));
    BOOST_TEST(contains(step("status").output, "run `seriatim replay run` to begin anew, or `seriatim replay abort`"));
    BOOST_TEST(query(balances) == "0.00\n20.00");
    BOOST_TEST(step("golive").exit_code == 1);
  }
  for (const char* name : {"run", "optimize", "golive"}) require_step(name);
  BOOST_TEST(query(balances) == "0.00\n20.00");
  BOOST_TEST(query("select count(*) from view_schema.transaction_records") == "1");
}

BOOST_AUTO_TEST_CASE(a_run_that_was_killed_can_be_aborted) {
  require_step("prepare", {"--all"});
  (void)query("update sequent_schema.replay_states set state = 'replaying' returning 1");
  BOOST_TEST(contains(step("status").output, "was interrupted"));
  require_step("abort");
  BOOST_TEST(query("select count(*) from pg_namespace where nspname = 'view_schema_replay'") == "0");
  BOOST_TEST(query(balances) == "0.00\n20.00");
}

BOOST_AUTO_TEST_CASE(a_golive_that_was_killed_leaves_the_live_views_and_is_run_again) {
  (void)query("update view_schema.wallet_records set balance = 99 returning 1");
  for (const char* name : {"run", "optimize"}) {
    if (std::string{name} == "run") require_step("prepare", {"--all"});
    require_step(name);
  }
  std::ofstream{directory() / "wait.sql"} << "select pg_advisory_xact_lock_shared(7)";
  {
    const Barrier barrier{url()};
    kill_at_barrier({"--quiet", "replay", "golive", "--after-golive", "wait.sql"});
  }
  wait_for_the_server();
  BOOST_TEST(query(balances) == "99.00\n99.00");
  const std::string status = step("status").output;
  BOOST_TEST(contains(status, "is catching_up, and was interrupted"), status);
  BOOST_TEST(contains(status, "`seriatim replay catchup` or `golive`"), status);
  BOOST_TEST(run({"execute"}, add_money(other_id, "5")).exit_code == 0);
  BOOST_TEST(query(balances) == "99.00\n104.00");
  require_step("golive");
  BOOST_TEST(query(balances) == "5.00\n20.00");
}

BOOST_AUTO_TEST_SUITE_END()
