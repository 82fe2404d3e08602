// Behaviour 10.5: a switch among writers, readers and old transactions, and wishes to stop it.
#include <atomic>
#include <thread>

#include "runtime/process.hpp"
#include "support/postgres_proxy.hpp"
#include "support/wallet_versions.hpp"

using namespace seriatim;
using namespace seriatim::testing;
using Phase = MigrationStatus::Phase;
using std::chrono::milliseconds;

namespace {

/// Somebody else's transaction.
struct Session {
  Session(const Options& options, const std::string& name, const std::string& sql)
      : connection{options.database_url} {
    pqxx::nontransaction{connection}.exec("set application_name = '" + name + "'");
    work = std::make_unique<pqxx::work>(connection);
    work->exec(sql);
  }
  void end() { work.reset(); }

  pqxx::connection connection;
  std::unique_ptr<pqxx::work> work;
};

struct Fixture : WalletVersions {
  Error offline_error(int patience_ms) {
    migrator->divide({.patience = milliseconds{patience_ms}});
    try {
      migrator->offline({}, {}, {});
    } catch (const Error& error) {
      BOOST_TEST_MESSAGE(error.what());
      return error;
    }
    throw std::logic_error{"nothing was thrown"};
  }

  /// The live views are those of version 1, and `offline` can be run again.
  void check_nothing_has_changed() {
    BOOST_TEST(live() == "1");
    BOOST_TEST((migrator->status().phase == Phase::online_finished));
    add_money();
    check_views();
  }
  void switch_now() {
    migrator->divide({});
    migrator->offline({}, {}, {});
    check_switched();
  }

  /// Until the switch has waited for a lock that somebody has, and has given up.
  void wait_for_a_failed_attempt() const {
    const auto waits = [&] {
      return value("select count(*) from pg_locks where not granted and mode = 'AccessExclusiveLock' and database = "
                   "(select oid from pg_database where datname = current_database())") != "0";
    };
    while (!waits()) std::this_thread::yield();
    while (waits()) std::this_thread::yield();
  }

  Session reader() const {
    return {options, "monthly report", "select sum(balance) from view_schema.wallet_records"};
  }
};

bool contains(const Error& error, const std::string& part) {
  return std::string{error.what()}.find(part) != std::string::npos;
}

/// Threads that add money, by the program of version 1 as long as that may write, then by that of version 2.
class Writers {
 public:
  Writers(WalletVersions& store, int threads) : store_{store} {
    for (int i = 0; i < threads; ++i) threads_.emplace_back([this, i] { work(static_cast<std::size_t>(i)); });
  }
  ~Writers() { join(); }
  Writers(const Writers&) = delete;
  Writers& operator=(const Writers&) = delete;

  /// Waits until so many more commands were executed.
  void wait_for(int more) const {
    for (const int end = done + more; done < end && failed == 0;) std::this_thread::yield();
  }
  void join() {
    stop_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

  std::atomic<int> done{0};
  std::atomic<int> failed{0};

 private:
  void work(std::size_t thread) {
    std::size_t program = 0;
    const AggregateId& id = store_.wallets[thread];
    while (!stop_) {
      try {
        store_.apps[program]->commands().execute(wallet::AddMoney{{.aggregate_id = id}, Decimal{1}, "API"});
        ++done;
      } catch (const Error& error) {
        if (error.code() == ErrorCode::projector_migrating && program == 0) {
          program = 1;
        } else {
          std::fprintf(stderr, "unexpected: %s\n", error.what());
          ++failed;
          return;
        }
      }
    }
  }

  WalletVersions& store_;
  std::atomic<bool> stop_{false};
  std::vector<std::thread> threads_;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(switching, Fixture)

BOOST_AUTO_TEST_CASE(writers_of_both_versions_go_on_while_a_report_holds_up_the_switch_and_nothing_is_missed_or_doubled) {
  const int before = std::stoi(events());
  migrator->online({}, {}, {});
  Session report = reader();
  Writers writers{*this, 2};
  writers.wait_for(50);
  std::atomic<bool> switched{false};
  MigrationResult result;
  std::thread offline{[&] {
    result = migrator->offline({}, {}, {});
    switched = true;
  }};
  writers.wait_for(500);
  wait_for_a_failed_attempt();
  BOOST_TEST(!switched);
  BOOST_TEST(live() == "1");
  report.end();
  offline.join();
  writers.wait_for(100);
  writers.join();
  BOOST_TEST_MESSAGE(writers.done << " commands; a writer waited for " << result.pause_seconds * 1000
                                  << " ms at most, attempts that failed included");
  BOOST_TEST(writers.failed == 0);
  BOOST_TEST(result.pause_seconds >= 0.04);  // At least one attempt failed; its wait counts.
  BOOST_TEST(events() == std::to_string(before + writers.done));
  check_switched();
}

BOOST_AUTO_TEST_CASE(a_switch_that_gives_up_names_who_was_in_the_way) {
  migrator->online({}, {}, {});
  Session report = reader();
  const Error error = offline_error(200);
  BOOST_CHECK((error.code() == ErrorCode::transient));
  BOOST_TEST(contains(error, "the session with pid " + std::to_string(report.connection.backendpid())));
  BOOST_TEST(contains(error, "(monthly report, idle in transaction since "));
  BOOST_TEST(contains(error, "last query: select sum(balance) from view_schema.wallet_records"));
  check_nothing_has_changed();
  report.end();
  switch_now();
}

BOOST_AUTO_TEST_CASE(a_command_that_takes_long_holds_up_the_switch_and_is_named_too) {
  migrator->online({}, {}, {});
  Session command{options, "slow command", "lock table view_schema.seriatim_version_1 in access share mode"};
  BOOST_TEST(contains(offline_error(200), "slow command"));
  check_nothing_has_changed();
  command.end();
  switch_now();
}

BOOST_AUTO_TEST_CASE(a_session_that_uses_the_new_table_is_named_and_keeps_no_writer_waiting) {
  migrator->online({}, {}, {});
  // As an autovacuum does; it differs in that it gives way.
  Session vacuum{options, "vacuum", "lock table view_schema.wallet_records_2 in share update exclusive mode"};
  std::optional<Error> error;
  std::thread offline{[&] { error = offline_error(200); }};
  std::string writers_locked_out;
  const bool waits = runtime::wait_until(milliseconds{60'000}, [&] {
    writers_locked_out = value(
        "select bool_or(granted and mode = 'AccessExclusiveLock' and relation = "
        "'view_schema.seriatim_version_1'::regclass) from pg_locks having bool_or(not granted and relation = "
        "'view_schema.wallet_records_2'::regclass)");
    return !writers_locked_out.empty();
  });
  if (waits) add_money();
  offline.join();
  BOOST_TEST(waits);
  BOOST_TEST(writers_locked_out == "f");
  BOOST_CHECK((error.value().code() == ErrorCode::transient));
  BOOST_TEST(contains(*error, "the session with pid " + std::to_string(vacuum.connection.backendpid()) + " (vacuum"));
  check_nothing_has_changed();
  vacuum.end();
  switch_now();
}

BOOST_AUTO_TEST_CASE(events_that_an_old_transaction_holds_back_are_not_replayed_while_writers_wait) {
  migrator->online({}, {}, {});
  Session old{options, "old transaction", "select pg_current_xact_id()"};
  std::vector<AnyCommand> commands;
  for (int i = 0; i < 600; ++i) commands.emplace_back(next_command());
  apps[0]->commands().execute(std::move(commands), {});
  const Error error = offline_error(200);
  BOOST_CHECK((error.code() == ErrorCode::transient));
  BOOST_TEST(contains(error, "600 events cannot be replayed"));
  BOOST_TEST(contains(error, "the session with pid " + std::to_string(old.connection.backendpid()) + " (old transaction"));
  check_nothing_has_changed();
  old.end();
  switch_now();
}

BOOST_AUTO_TEST_CASE(an_old_transaction_with_few_events_after_it_does_not_hold_up_a_switch) {
  migrator->online({}, {}, {});
  Session old{options, "old transaction", "select pg_current_xact_id()"};
  for (int i = 0; i < 20; ++i) add_money();
  switch_now();
}

BOOST_AUTO_TEST_CASE(a_wish_to_stop_is_noticed_while_the_switch_waits_for_its_locks) {
  migrator->online({}, {}, {});
  Session report = reader();
  std::atomic<int> asked{0};
  BOOST_CHECK_EXCEPTION(migrator->offline({}, {}, [&] { return ++asked > 4; }), Error,
                        [](const Error& error) { return error.code() == ErrorCode::migration; });
  check_nothing_has_changed();
  report.end();
  switch_now();
}

BOOST_AUTO_TEST_CASE(a_wish_to_stop_is_noticed_while_catching_up_waits_for_somebody) {
  migrator->online({}, {}, {});
  add_money();
  Session other{options, "somebody", "lock table view_schema.transaction_records_2"};
  std::atomic<int> asked{0};
  BOOST_CHECK_EXCEPTION(migrator->offline({}, {}, [&] { return ++asked > 3; }), Error,
                        [](const Error& error) { return error.code() == ErrorCode::migration; });
  check_nothing_has_changed();
  other.end();
  switch_now();
}

BOOST_AUTO_TEST_CASE(a_wish_to_stop_is_noticed_while_leftovers_cannot_be_removed) {
  migrator->online({}, {}, {});
  Session other{options, "somebody", "lock table view_schema.transaction_records_2"};
  std::atomic<int> asked{0};
  BOOST_CHECK_EXCEPTION(migrator->online({}, {}, [&] { return ++asked > 1; }), Error,
                        [](const Error& error) { return error.code() == ErrorCode::migration; });
  check_nothing_has_changed();
  other.end();
  switch_now();
}

BOOST_AUTO_TEST_CASE(a_wish_to_stop_that_comes_during_the_last_commit_is_too_late_or_in_time_but_never_half) {
  PostgresProxy proxy{options.database_url};
  Options through = options;
  through.database_url = proxy.url();
  Application app{through, {wallet_domain(2)}};
  const auto striking = app.migrator("wallet");
  striking->online({}, {}, {});
  proxy.strike_at(0, PostgresProxy::Strike::call);
  striking->offline({}, {}, {});
  const std::size_t last_commit = proxy.last_with("commit");
  back_to_version_1();
  striking->online({}, {}, {});
  std::atomic<bool> wish{false};
  std::atomic<bool> told{false};
  proxy.strike_at(last_commit, PostgresProxy::Strike::call, [&] {
    wish = true;
    while (!told) std::this_thread::yield();
  });
  bool failed = false;
  try {
    striking->offline({}, {}, [&] {
      told = wish.load();
      return wish.load();
    });
  } catch (const Error& error) {
    BOOST_TEST_MESSAGE(error.what());
    failed = true;
  }
  BOOST_TEST(proxy.struck() == "commit");
  BOOST_TEST(live() == (failed ? "1" : "2"));
  check_views();
  switch_now();
}

BOOST_AUTO_TEST_CASE(the_server_stops_building_an_index_for_a_program_that_is_gone) {
  std::vector<SqlFile> files{wallet_view_sql().begin(), wallet_view_sql().end()};
  for (SqlFile& file : files) {
    if (file.name == "transaction_records.indexes.sql") file.text = "select pg_advisory_lock(4711), '%SUFFIX%'";
  }
  Domain slow = wallet_domain(2);
  slow.views(slow.versions(), files);
  PostgresProxy proxy{options.database_url};
  Options through = options;
  through.database_url = proxy.url();
  Application app{through, {slow}};
  pqxx::connection holder{options.database_url};
  pqxx::nontransaction hold{holder};
  hold.exec("select pg_advisory_lock(4711)");
  const auto waits = [&] {
    return value("select count(*) from pg_stat_activity where datname = current_database() and wait_event = "
                 "'advisory'") != "0";
  };
  const auto cut_while_it_waits = [&] {
    if (waits()) proxy.cut_all();
    return false;
  };
  BOOST_CHECK_THROW(app.migrator("wallet")->online({}, {}, cut_while_it_waits), Error);
  BOOST_TEST(migrator->status().interrupted);
  BOOST_TEST(runtime::wait_until(milliseconds{60'000}, [&] { return !waits(); }));
  hold.exec("select pg_advisory_unlock(4711)");
  migrator->online({}, {}, {});
  switch_now();
}

BOOST_AUTO_TEST_CASE(asking_for_the_status_is_never_in_the_way_of_a_migration) {
  std::atomic<bool> stop{false};
  std::vector<std::thread> curious;
  for (int i = 0; i < 4; ++i) {
    curious.emplace_back([&] {
      const auto mine = apps[1]->migrator("wallet");
      while (!stop) (void)mine->status();
    });
  }
  for (int i = 0; i < 20; ++i) {
    (void)value("update view_schema.sequent_versions set status = 1 where status is not null");
    BOOST_CHECK_NO_THROW(migrator->online({}, {}, {}));
    (void)value("update view_schema.sequent_versions set status = 3 where status is not null");
    BOOST_CHECK_NO_THROW((void)migrator->status());
  }
  stop = true;
  for (std::thread& thread : curious) thread.join();
  switch_now();
}

BOOST_AUTO_TEST_CASE(leftover_tables_of_a_projector_that_is_gone_are_removed_too) {
  (void)value("insert into view_schema.sequent_versions (version, status, target_records) values (2, 1, "
              "'{wallet_records,gone_records}'); create table view_schema.gone_records_2 ();"
              "create table view_schema.gone_records ()");
  migrator->online({}, {}, {});
  BOOST_TEST(value("select to_regclass('view_schema.gone_records_2')") == "");
  BOOST_TEST(value("select to_regclass('view_schema.gone_records')") != "");
}

BOOST_AUTO_TEST_CASE(a_plan_that_cannot_be_carried_out_is_refused_before_anything_is_touched) {
  Domain domain = wallet_domain(1);
  domain.projector<wallet::TransactionProjector>();
  domain.views(ViewVersions{}
                   .version(1, {replay<wallet_before::WalletProjector>()})
                   .version(2, {replay<wallet_before::WalletProjector>(), alter_table<wallet::TransactionRecord>()}),
               wallet_view_sql());
  Application app{options, {domain}};
  const std::string before = tables();
  for (const char* step : {"plan", "dry-run", "online", "offline"}) {
    const auto broken = app.migrator("wallet");
    BOOST_CHECK_EXCEPTION(
        {
          if (step == std::string{"plan"}) (void)broken->plan({});
          if (step == std::string{"dry-run"}) (void)broken->dry_run({}, {}, {});
          if (step == std::string{"online"}) broken->online({}, {}, {});
          if (step == std::string{"offline"}) broken->offline({}, {}, {});
        },
        Error, [](const Error& error) {
          return error.code() == ErrorCode::migration && contains(error, "the file transaction_records_2.sql is missing");
        });
  }
  BOOST_TEST(tables() == before);
  BOOST_TEST(value("select count(*) from view_schema.sequent_versions") == "1");
}

BOOST_AUTO_TEST_CASE(a_dry_run_replays_each_projector_and_writes_locks_and_notes_nothing) {
  const std::string before = tables();
  // Nobody can be in its way, nor it in anybody's: not even a migration.
  Session other{options, "somebody", "lock table view_schema.wallet_records"};
  MigrationRehearsal rehearsal;
  bool nested = false;
  migrator->online({},
                   [&](const MigrationProgress& progress) {
                     if (nested || progress.phase != "replaying") return;
                     nested = true;
                     rehearsal = apps[1]->migrator("wallet")->dry_run({}, {}, {});
                   },
                   {});
  BOOST_TEST(nested);
  BOOST_TEST(rehearsal.from == 1);
  BOOST_TEST(rehearsal.to == 2);
  BOOST_REQUIRE(rehearsal.replays.size() == 2U);
  BOOST_TEST(rehearsal.replays[0].projector == "WalletProjector");
  BOOST_TEST(rehearsal.replays[0].events == 30);
  BOOST_TEST(rehearsal.replays[1].projector == "TransactionProjector");
  BOOST_TEST(rehearsal.replays[1].events == 27);
  BOOST_TEST(rehearsal.replays[1].seconds > 0);
  other.end();
  back_to_version_1();
  (void)apps[1]->migrator("wallet")->dry_run({}, {}, {});
  BOOST_TEST(tables() == before);
  BOOST_TEST((migrator->status().phase == Phase::idle));
  (void)value("update sequent_schema.events set event_json = '{\"amount\": \"much\"}' where sequence_number = 2");
  BOOST_CHECK_EXCEPTION((void)migrator->dry_run({}, {}, {}), Error,
                        [](const Error& error) { return error.code() == ErrorCode::deserialization; });
  BOOST_CHECK_EXCEPTION((void)migrator->dry_run({}, {}, [] { return true; }), Error,
                        [](const Error& error) { return error.code() == ErrorCode::migration; });
}

BOOST_AUTO_TEST_SUITE_END()
