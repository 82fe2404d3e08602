// Behaviour 10.8: chosen projectors replayed in a schema of their own while the application runs.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <functional>
#include <map>
#include <semaphore>
#include <thread>

#include "cli.hpp"
#include "runtime/process.hpp"
#include "support/wallet_before.hpp"
#include "support/wallet_store.hpp"

using namespace seriatim;
using namespace seriatim::testing;
using namespace seriatim::literals;

namespace {

using State = ReplayState;

struct Fixture : WalletStore {
  Fixture() { build_views(); }

  void fill(int wallets = 3, int movements = 4) {
    for (int i = 0; i < wallets; ++i) {
      ids.push_back(create_wallet(std::to_string(i)));
      for (int j = 0; j < movements; ++j) app->commands().execute(add(ids.back(), Decimal{j + 1}));
    }
  }

  void step(State state) {
    if (state == State::prepared) replay->prepare({}, {});
    if (state == State::replayed) replay->run({}, {});
    if (state == State::optimized) replay->optimize({}, {});
    if (state == State::live) replay->go_live({}, {}, {});
  }
  /// From the beginning to a state.
  void reach(State last) {
    for (const State state : {State::prepared, State::replayed, State::optimized, State::live}) {
      step(state);
      if (state == last) return;
    }
  }

  [[nodiscard]] std::string schemas() const {
    return value("select string_agg(nspname, ' ' order by nspname) from pg_namespace where nspname like 'view%'");
  }
  void check_views() const {
    BOOST_TEST(wrong_wallets() == "0");
    BOOST_TEST(wrong_transactions() == "0");
  }

  std::unique_ptr<ViewReplay> replay = app->replay("wallet");
  std::vector<AggregateId> ids;
};

/// The sentence of what `call` throws.
template <class Call>
std::string refusal(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    BOOST_TEST_MESSAGE(error.what());
    return error.what();
  }
  return "nothing was thrown";
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(schema_replay, Fixture)

BOOST_AUTO_TEST_CASE(a_corrupted_view_is_right_after_golive_and_the_archive_has_the_old_rows) {
  fill();
  (void)value("update view_schema.wallet_records set balance = 1000");
  (void)value("delete from view_schema.transaction_records");
  const ReplayPreparation prepared = replay->prepare({}, {});
  BOOST_TEST(prepared.projectors == (std::vector<std::string>{"WalletProjector", "TransactionProjector"}), "all projectors");
  BOOST_TEST(replay->run({}, {}).events == 15);
  app->commands().execute(draw(ids[0], 1));
  BOOST_TEST(replay->status().events_behind.value() == 1);
  BOOST_TEST(replay->catch_up({}, {}).events == 1);
  BOOST_TEST(replay->catch_up({}, {}).events == 0);
  replay->optimize({}, {});
  app->commands().execute(draw(ids[1], 1));
  BOOST_TEST(value("select max(balance) from view_schema.wallet_records") == "1000.00");
  const ReplayResult live = replay->go_live({}, {}, {});
  BOOST_TEST(live.events == 1);
  BOOST_TEST(live.pause_seconds > 0);
  check_views();
  BOOST_TEST(value("select count(*) from view_schema_archive.wallet_records where balance >= 998") == "3");
  BOOST_TEST(value("select count(*) from view_schema_archive.transaction_records") == "2");
  app->commands().execute(draw(ids[2], 1));
  check_views();
  BOOST_TEST(schemas() == "view_schema view_schema_archive");
}

BOOST_AUTO_TEST_CASE(a_session_that_uses_a_new_table_keeps_no_writer_waiting_at_golive) {
  fill();
  reach(State::optimized);
  pqxx::connection connection{options.database_url};
  auto vacuum = std::make_unique<pqxx::work>(connection);
  vacuum->exec("lock table view_schema_replay.wallet_records in share update exclusive mode");
  std::thread switching{[&] { replay->go_live({}, {}, {}); }};
  std::string writers_locked_out;
  const bool waits = runtime::wait_until(std::chrono::milliseconds{60'000}, [&] {
    writers_locked_out = value(
        "select bool_or(granted and mode = 'AccessExclusiveLock' and relation in (select oid from pg_class where "
        "relname like 'seriatim_version_%')) from pg_locks having bool_or(not granted and relation = "
        "'view_schema_replay.wallet_records'::regclass)");
    return !writers_locked_out.empty();
  });
  if (waits) app->commands().execute(add(ids[0], 1));
  vacuum.reset();
  switching.join();
  BOOST_TEST(waits);
  BOOST_TEST(writers_locked_out == "f");
  check_views();
}

BOOST_AUTO_TEST_CASE(one_projector_is_replayed_and_the_tables_of_others_are_not_touched) {
  fill();
  const std::string before = value("select 'view_schema.wallet_records'::regclass::oid");
  const std::string transactions = value("select 'view_schema.transaction_records'::regclass::oid");
  replay->prepare({"WalletProjector"}, {});
  for (const State state : {State::replayed, State::optimized, State::live}) step(state);
  BOOST_TEST(value("select 'view_schema.wallet_records'::regclass::oid") != before);
  BOOST_TEST(value("select 'view_schema.transaction_records'::regclass::oid") == transactions);
  app->commands().execute(add(ids[0], 5));
  check_views();
}

BOOST_AUTO_TEST_CASE(under_four_writing_threads_nothing_is_missed_or_doubled_and_old_sessions_go_on) {
  fill(20, 1);
  std::atomic<bool> stop{false};
  std::atomic<int> done{0};
  std::atomic<int> failed{0};
  // Writers go on as far as they are let, so that each step has commands beside it, whichever is quicker.
  std::counting_semaphore<> permits{0};
  std::vector<std::thread> threads;
  for (std::size_t thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (std::size_t i = thread;; i += 4) {
        permits.acquire();
        if (stop) return;
        try {
          app->commands().execute(add(ids[i % ids.size()], "0.01"_decimal));
          ++done;
        } catch (const Error& error) {
          std::fprintf(stderr, "unexpected: %s\n", error.what());
          ++failed;
        }
      }
    });
  }
  // A reader that has prepared its statements once and for all: whatever it sees is the whole of one moment.
  std::atomic<int> reads{0};
  threads.emplace_back([&] {
    pqxx::connection session{options.database_url};
    session.prepare("both",
                    "select (select sum(balance) from view_schema.wallet_records), (select sum(amount) from "
                    "view_schema.transaction_records)");
    while (!stop) {
      pqxx::work work{session};
      try {
        const pqxx::result rows = work.exec_prepared("both");
        if (std::string{rows[0][0].c_str()} != rows[0][1].c_str()) ++failed;
        ++reads;
      } catch (const std::exception& error) {
        std::fprintf(stderr, "unexpected: %s\n", error.what());
        ++failed;
      }
    }
  });
  double longest = 0;
  for (int round = 0; round < 2; ++round) {
    permits.release(60);
    step(State::prepared);
    permits.release(60);
    step(State::replayed);
    permits.release(60);
    replay->catch_up({}, {});
    permits.release(60);
    step(State::optimized);
    permits.release(400);
    const int before = done;
    longest = std::max(longest, replay->go_live({}, {}, {}).pause_seconds);
    BOOST_TEST(done > before, "commands were executed during the switch");
  }
  const int at_switch = done;
  permits.release(40);
  while (done + failed < at_switch + 40) std::this_thread::yield();
  stop = true;
  permits.release(4);
  for (std::thread& thread : threads) thread.join();
  BOOST_TEST_MESSAGE(done << " commands, " << reads << " reads, longest pause " << longest << " s");
  BOOST_TEST(failed == 0);
  BOOST_TEST(reads > 0);
  BOOST_TEST(value("select count(*) from view_schema.transaction_records") == std::to_string(done + 20));
  check_views();
  const VerificationResult verified = app->verifier("wallet")->verify({.sample = {}}, {}, {});
  BOOST_TEST(verified.wrong_rows == 0);
}

BOOST_AUTO_TEST_CASE(a_step_at_the_wrong_time_says_what_is_to_be_done_instead) {
  fill();
  BOOST_CHECK((error_of([&] { replay->run({}, {}); }) == ErrorCode::migration_not_started));
  BOOST_CHECK((error_of([&] { replay->abort(); }) == ErrorCode::migration_not_started));
  const std::map<std::string, std::function<void()>> steps{
      {"run", [&] { replay->run({}, {}); }},
      {"catchup", [&] { replay->catch_up({}, {}); }},
      {"optimize", [&] { replay->optimize({}, {}); }},
      {"golive", [&] { replay->go_live({}, {}, {}); }},
      {"abort", [&] { replay->abort(); }}};
  const auto check = [&](State state, const std::vector<std::string>& refused, const std::string& way_out) {
    for (const std::string& name : refused) {
      BOOST_TEST_CONTEXT(name << " when it is " << to_string(state)) {
        BOOST_CHECK((error_of(steps.at(name)) == ErrorCode::migration));
        const std::string text = refusal(steps.at(name));
        BOOST_TEST(contains(text, "`replay " + name + "` is not possible now"));
        BOOST_TEST(contains(text, std::string{" is "} + to_string(state) + ": run `seriatim replay " + way_out), text);
        BOOST_CHECK((replay->status().state == state));
      }
    }
  };
  step(State::prepared);
  check(State::prepared, {"catchup", "optimize", "golive"}, "run`");
  step(State::replayed);
  check(State::replayed, {"run", "golive"}, "optimize`");
  step(State::optimized);
  check(State::optimized, {"run"}, "golive`");
  step(State::live);
  check(State::live, {"run", "catchup", "optimize", "golive", "abort"}, "prepare`");
  step(State::prepared);
  replay->abort();
  check(State::aborted, {"run", "catchup", "optimize", "golive", "abort"}, "prepare`");
  reach(State::live);
  check_views();
}

BOOST_AUTO_TEST_CASE(optimize_and_catchup_may_be_repeated_in_any_order) {
  fill();
  reach(State::optimized);
  app->commands().execute(add(ids[0], 1));
  BOOST_TEST(replay->catch_up({}, {}).events == 1);
  BOOST_CHECK((replay->status().state == State::optimized));
  replay->optimize({}, {});
  app->commands().execute(add(ids[0], 1));
  BOOST_TEST(replay->catch_up({}, {}).events == 1);
  step(State::live);
  check_views();
}

BOOST_AUTO_TEST_CASE(unknown_projectors_and_another_replay_are_refused) {
  BOOST_CHECK((error_of([&] { replay->prepare({"WalletProjector", "NoSuchProjector"}, {}); }) == ErrorCode::usage));
  BOOST_TEST(schemas() == "view_schema");
  step(State::prepared);
  BOOST_CHECK((error_of([&] { step(State::prepared); }) == ErrorCode::concurrent_migration));
  BOOST_TEST(contains(refusal([&] { step(State::prepared); }), "(WalletProjector, TransactionProjector) is prepared"));
}

BOOST_AUTO_TEST_CASE(of_two_programs_at_once_one_is_refused) {
  fill();
  const auto other = app->replay("wallet");
  std::optional<ErrorCode> refused;
  std::optional<bool> running;
  step(State::prepared);
  replay->run(
      [&](const MigrationProgress&) {
        if (refused) return;
        refused = error_of([&] { other->run({}, {}); });
        BOOST_CHECK((error_of([&] { other->abort(); }) == ErrorCode::concurrent_migration));
        running = other->status().running;
      },
      {});
  BOOST_REQUIRE(refused.has_value());
  BOOST_CHECK((*refused == ErrorCode::concurrent_migration));
  BOOST_TEST(*running);
  BOOST_TEST(!other->status().running);
}

BOOST_AUTO_TEST_CASE(migrations_and_replays_refuse_each_other) {
  WalletStore fresh{wallet_before::at(2)};
  const auto migrator = fresh.app->migrator("wallet");
  const auto second = fresh.app->replay("wallet");
  BOOST_CHECK((error_of([&] { second->prepare({}, {}); }) == ErrorCode::migration));  // There are no tables yet.
  fresh.migrate_to(1);
  second->prepare({"WalletProjector"}, {});
  BOOST_CHECK((error_of([&] { migrator->online({}, {}, {}); }) == ErrorCode::concurrent_migration));
  BOOST_CHECK((error_of([&] { migrator->offline({}, {}, {}); }) == ErrorCode::concurrent_migration));
  second->abort();
  migrator->online({}, {}, {});
  BOOST_CHECK((error_of([&] { second->prepare({"WalletProjector"}, {}); }) == ErrorCode::concurrent_migration));
  migrator->offline({}, {}, {});
  second->prepare({}, {});
  second->abort();
}

BOOST_AUTO_TEST_CASE(a_run_that_failed_begins_anew) {
  fill();
  step(State::prepared);
  (void)value("update sequent_schema.events set event_json = '{\"amount\": \"much\"}' where sequence_number = 3 and "
              "aggregate_id = '" + uuid_text(ids[0]) + "'");
  BOOST_CHECK((error_of([&] { step(State::replayed); }) == ErrorCode::deserialization));
  BOOST_CHECK((replay->status().state == State::failed));
  BOOST_TEST(!replay->status().interrupted);
  BOOST_CHECK((error_of([&] { step(State::optimized); }) == ErrorCode::migration));
  (void)value("update sequent_schema.events set event_json = '{\"amount\": \"2\"}' where sequence_number = 3 and "
              "aggregate_id = '" + uuid_text(ids[0]) + "'");
  for (const State state : {State::replayed, State::optimized, State::live}) step(state);
  check_views();
}

BOOST_AUTO_TEST_CASE(a_cancelled_run_is_told_as_failed_and_aborted_without_a_trace) {
  fill();
  step(State::prepared);
  BOOST_CHECK((error_of([&] { replay->run({}, [] { return true; }); }) == ErrorCode::migration));
  BOOST_CHECK((replay->status().state == State::failed));
  replay->abort();
  BOOST_TEST(schemas() == "view_schema");
  check_views();
}

BOOST_AUTO_TEST_CASE(what_a_killed_catching_up_leaves_is_told_and_goes_on) {
  fill();
  reach(State::optimized);
  (void)value("update sequent_schema.replay_states set state = 'catching_up'");
  BOOST_TEST(replay->status().interrupted);
  step(State::live);
  check_views();
}

BOOST_AUTO_TEST_CASE(live_tables_that_were_altered_since_are_refused_by_golive) {
  fill();
  reach(State::optimized);
  (void)value("create index late on view_schema.wallet_records (user_id)");
  const std::string text = refusal([&] { step(State::live); });
  BOOST_TEST(contains(text, "wallet_records: CREATE INDEX late ON view_schema.wallet_records USING btree (user_id) is new"), text);
  BOOST_CHECK((replay->status().state == State::optimized));
  (void)value("drop index view_schema.late");
  step(State::live);
  check_views();
}

BOOST_AUTO_TEST_CASE(numbers_that_were_given_before_the_switch_are_not_given_again) {
  fill();
  (void)value("select setval(pg_get_serial_sequence('view_schema.wallet_records', 'id'), 500)");
  reach(State::live);
  (void)create_wallet();
  BOOST_TEST(value("select max(id) from view_schema.wallet_records") == "501");
}

BOOST_AUTO_TEST_CASE(the_archive_keeps_the_tables_of_the_last_replay_until_it_is_dropped) {
  BOOST_TEST(!replay->drop_archive());
  fill();
  reach(State::live);
  const std::string oid = value("select 'view_schema.wallet_records'::regclass::oid");
  reach(State::live);
  BOOST_TEST(value("select 'view_schema_archive.wallet_records'::regclass::oid") == oid);
  const ReplayStatus status = replay->status();
  BOOST_REQUIRE(status.archive.has_value());
  BOOST_TEST(status.archive->tables == (std::vector<std::string>{"transaction_records", "wallet_records"}), "both tables");
  BOOST_TEST(status.archive->bytes > 0);
  (void)value("create view public.old_wallets as select * from view_schema_archive.wallet_records");
  BOOST_TEST(contains(refusal([&] { reach(State::live); }), "old_wallets"));
  (void)value("drop view public.old_wallets");
  step(State::live);
  BOOST_TEST(replay->drop_archive());
  BOOST_TEST(schemas() == "view_schema");
  check_views();
}

BOOST_AUTO_TEST_CASE(schemas_of_others_are_never_dropped) {
  fill();
  (void)value("create schema view_schema_replay");
  BOOST_CHECK((error_of([&] { step(State::prepared); }) == ErrorCode::migration));
  (void)value("drop schema view_schema_replay; create schema view_schema_archive; create table view_schema_archive.mine ()");
  BOOST_CHECK((error_of([&] { reach(State::live); }) == ErrorCode::migration));
  BOOST_TEST(!replay->drop_archive());
  BOOST_TEST(value("select to_regclass('view_schema_archive.mine')") == "view_schema_archive.mine");
}

BOOST_AUTO_TEST_CASE(a_store_of_another_cluster_is_not_replayed) {
  fill();
  (void)value("update sequent_schema.store_origin set cluster = '1'");
  BOOST_CHECK((error_of([&] { step(State::prepared); }) == ErrorCode::store_not_adopted));
}

BOOST_AUTO_TEST_CASE(a_session_that_loses_its_server_process_leaves_the_live_views_and_can_run_again) {
  fill();
  step(State::prepared);
  std::atomic<bool> ended{false};
  const auto end_sessions = [&](const MigrationProgress&) {
    if (ended.exchange(true)) return;
    (void)value("select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and "
                "pid <> pg_backend_pid() and query like '%pg_try_advisory_lock%' or query like 'truncate%'");
    (void)value("select count(pg_terminate_backend(pid)) from pg_locks where locktype = 'advisory' and classid = 1936028521"
                " and database = (select oid from pg_database where datname = current_database())");
  };
  BOOST_CHECK_THROW(replay->run(end_sessions, {}), Error);
  BOOST_TEST(replay->status().interrupted);
  BOOST_CHECK((replay->status().state == State::replaying));
  check_views();
  for (const State state : {State::replayed, State::optimized, State::live}) step(state);
  check_views();
}

BOOST_AUTO_TEST_SUITE_END()
