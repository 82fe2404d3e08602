// Behaviour 4.10: each aggregate's events are in one partition, and may be moved to another.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <random>

#include "support/accounts_store.hpp"

using namespace seriatim;
using namespace seriatim::testing;
using accounts::User;

namespace {

struct Fixture : AccountsStore {
  [[nodiscard]] std::string partition_of(const AggregateId& id) const {
    return value("select a.events_partition_key, string_agg(distinct e.partition_key, ',') from sequent_schema.aggregates a "
                 "join sequent_schema.events e using (aggregate_id) where aggregate_id = '" + uuid_text(id) + "' group by 1");
  }
  [[nodiscard]] std::string recorded() const {
    return value("select old_partition_key, new_partition_key from sequent_schema.partition_key_changes "
                 "order by aggregate_id");
  }
  PartitionsResult move() { return app->key_maintenance()->move_partitions({}, {}); }

  /// The tables as the events of their rows say.
  [[nodiscard]] std::string rows() const {
    return value("select md5(string_agg(r::text, ',' order by aggregate_id)) from view_schema.user_records r");
  }
  ErrorCode code_of(const std::function<void()>& call) {
    try {
      call();
    } catch (const Error& error) {
      message = error.what();
      return error.code();
    }
    throw std::logic_error{"nothing was thrown"};
  }

  std::string message;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(partition_keys, Fixture)

BOOST_AUTO_TEST_CASE(a_new_aggregate_is_stored_in_the_partition_of_its_state_after_its_first_command) {
  BOOST_TEST(partition_of(register_user("a@x", "eu")) == "eu eu");
  BOOST_TEST(partition_of(register_user("b@x", "it's \\ {store}")) == "it's \\ {store} it's \\ {store}");
  BOOST_TEST(partition_of(register_user("c@x")) == " ");
  BOOST_TEST(recorded() == "");
}

BOOST_AUTO_TEST_CASE(a_changed_partition_key_is_recorded_and_moves_nothing_yet) {
  const AggregateId a = register_user("a@x", "eu");
  relocate(a, "us");
  BOOST_TEST(partition_of(a) == "eu eu");
  BOOST_TEST(recorded() == "eu us");
  relocate(a, "asia");
  BOOST_TEST(recorded() == "eu asia");
  act([&](Repository& r) { BOOST_TEST(r.load<User>(a).region() == "asia"); });
}

BOOST_AUTO_TEST_CASE(a_partition_key_that_changes_back_has_nothing_to_be_moved) {
  const AggregateId a = register_user("a@x", "eu");
  relocate(a, "us");
  relocate(a, "eu");
  BOOST_TEST(recorded() == "");
  BOOST_TEST(move().aggregates == 0);
}

BOOST_AUTO_TEST_CASE(a_key_that_changes_in_the_transaction_of_a_new_aggregate_is_recorded_too) {
  const AggregateId a = new_uuid();
  act({[&](Repository& r) { r.add<User>(a, "a@x"); }, [&](Repository& r) { r.load<User>(a).relocate("eu"); }});
  BOOST_TEST(recorded() == " eu");
  BOOST_TEST(move().events == 2);
  BOOST_TEST(partition_of(a) == "eu eu");
}

BOOST_AUTO_TEST_CASE(moving_takes_all_events_along_and_loads_and_commands_go_on) {
  const AggregateId a = register_user("a@x", "eu");
  const AggregateId b = register_user("b@x", "eu");
  relocate(a, "us");
  const std::string before =
      "select sequence_number, created_at, event_json, xact_id, command_id from sequent_schema.events order by aggregate_id, 1";
  const std::string events = value(before);
  const PartitionsResult moved = move();
  BOOST_TEST(moved.aggregates == 1);
  BOOST_TEST(moved.events == 3);
  BOOST_TEST(partition_of(a) == "us us");
  BOOST_TEST(partition_of(b) == "eu eu");
  BOOST_TEST(recorded() == "");
  BOOST_TEST(value(before) == events);
  relocate(a, "asia");
  act([&](Repository& r) {
    User& user = r.load<User>(a);
    BOOST_TEST(user.region() == "asia");
    BOOST_TEST(user.sequence_number() == 4);
    user.relocate("eu");
    user.relocate("us");
  });
  BOOST_TEST(recorded() == "");
  BOOST_TEST(app->events().show(a, 3).sequence_number == 3);
  BOOST_TEST(move().aggregates == 0);
}

BOOST_AUTO_TEST_CASE(events_that_are_moved_are_not_archived_as_changed) {
  run_sql("create table sequent_schema.events_eu partition of sequent_schema.events for values from ('eu') to ('ev')");
  const AggregateId a = register_user("a@x", "us");
  relocate(a, "eu");
  BOOST_TEST(move().events == 3);
  BOOST_TEST(value("select count(*) from sequent_schema.events_eu") == "3");
  relocate(a, "us");
  BOOST_TEST(move().events == 4);
  BOOST_TEST(value("select count(*) from sequent_schema.events_eu") == "0");
  BOOST_TEST(value("select count(*) from sequent_schema.saved_event_records") == "0");
  act([&](Repository& r) { BOOST_TEST(r.load<User>(a).sequence_number() == 4); });
}

BOOST_AUTO_TEST_CASE(moving_protects_partitions_that_were_added) {
  run_sql("create table sequent_schema.events_eu partition of sequent_schema.events for values from ('eu') to ('ev')");
  (void)move();
  const AggregateId a = register_user("a@x", "eu");
  run_sql("delete from sequent_schema.events_eu where aggregate_id = '" + uuid_text(a) + "'");
  BOOST_TEST(value("select distinct operation from sequent_schema.saved_event_records") == "D");
}

BOOST_AUTO_TEST_CASE(who_may_move_events_but_not_protect_partitions_moves_them_all_the_same) {
  run_sql("create table sequent_schema.events_eu partition of sequent_schema.events for values from ('eu') to ('ev')");
  const AggregateId a = register_user("a@x", "us");
  relocate(a, "eu");
  run_sql("create role seriatim_test_mover in role seriatim_application");
  run_sql("grant insert, update, delete on all tables in schema sequent_schema to seriatim_test_mover");
  options.database_url += "&options=-crole%3Dseriatim_test_mover";
  app = make_application();
  BOOST_TEST(move().aggregates == 1);
  BOOST_TEST(partition_of(a) == "eu eu");
}

BOOST_AUTO_TEST_CASE(writers_and_readers_beside_moves_lose_nothing) {
  constexpr unsigned seed = 77;
  BOOST_TEST_MESSAGE("seed " << seed);
  std::vector<AggregateId> users;
  for (int i = 0; i < 8; ++i) users.push_back(register_user(std::to_string(i) + "@x", "eu"));
  const std::vector<std::string> regions{"eu", "us", "asia", "africa"};
  for (int thread = 0; thread < 4; ++thread) {
    // One or three events: they are stored by different statements.
    (*deeds)["wander " + std::to_string(thread)] = [&, random = std::mt19937{seed + static_cast<unsigned>(thread)}](
                                                       Repository& r) mutable {
      User& user = r.load<User>(users[random() % users.size()]);
      const unsigned events = random() % 2 == 0 ? 1 : 3;
      for (unsigned i = 0; i < events; ++i) user.relocate(regions[random() % regions.size()]);
    };
  }
  std::atomic<int> writing{4};
  std::atomic<int> done{0};
  std::atomic<int> others{0};
  std::atomic<std::int64_t> moved{0};
  const auto count = [&](const std::function<void()>& call) {
    try {
      call();
    } catch (const Error& error) {
      if (error.code() == ErrorCode::optimistic_locking) return;
      ++others;
      std::fprintf(stderr, "unexpected: %s\n", error.what());
    }
  };
  run_at_once(6, [&](int thread) {
    if (thread == 4) {
      while (writing > 0) count([&] { moved += move().aggregates; });
    } else if (thread == 5) {
      std::vector<std::int32_t> last(users.size());
      for (std::size_t i = 0; writing > 0; i = (i + 1) % users.size()) {
        count([&] {
          const std::int32_t now = app->events().show(users[i], {}).sequence_number;
          if (now < last[i]) throw_error<ErrorCode::integrity>("a stream became shorter");
          last[i] = now;
        });
      }
    } else {
      for (int i = 0; i < 150; ++i) {
        count([&] {
          app->commands().execute(command("wander " + std::to_string(thread)));
          ++done;
        });
      }
      --writing;
    }
  });
  BOOST_TEST_MESSAGE(done << " done, " << moved << " moved");
  BOOST_TEST(others == 0);
  BOOST_TEST(done > 0);
  BOOST_TEST(moved > 0);
  (void)move();
  BOOST_TEST(value("select count(*) from (select aggregate_id from sequent_schema.events group by aggregate_id "
                   "having max(sequence_number) <> count(*) or count(distinct partition_key) <> 1) wrong") == "0");
  BOOST_TEST(value("select count(*) from sequent_schema.events e join sequent_schema.aggregates a using (aggregate_id) "
                   "where a.events_partition_key <> e.partition_key") == "0");
  // The last region of each row is where the events are.
  BOOST_TEST(value("select count(*) from view_schema.user_records r join sequent_schema.aggregates a using (aggregate_id) "
                   "where split_part(trim(r.regions), ' ', -1) <> a.events_partition_key") == "0");
  BOOST_TEST(value("select count(*) from sequent_schema.saved_event_records") == "0");
}

BOOST_AUTO_TEST_CASE(a_writer_that_waited_for_a_move_appends_to_the_new_partition) {
  for (const int events : {1, 3}) {
    const AggregateId a = register_user(std::to_string(events) + "@x", "eu");
    relocate(a, "us");
    pqxx::connection connection{options.database_url};
    pqxx::work moving{connection};
    moving.exec("select sequent_schema.move_partition('" + uuid_text(a) + "')");
    std::atomic<bool> failed{false};
    std::thread writer{[&] {
      try {
        act([&](Repository& r) {
          for (int i = 0; i < events; ++i) r.load<User>(a).relocate("us");
        });
      } catch (const Error& error) {
        failed = true;
        std::fprintf(stderr, "unexpected: %s\n", error.what());
      }
    }};
    while (value("select count(*) from pg_locks where not granted") == "0") std::this_thread::yield();
    moving.commit();
    writer.join();
    BOOST_TEST(!failed);
    BOOST_TEST(partition_of(a) == "us us");
  }
}

BOOST_AUTO_TEST_CASE(moving_is_refused_while_a_migration_runs) {
  const AggregateId a = register_user("a@x", "eu");
  relocate(a, "us");
  int refused = 0;
  const auto newer = make_application(2);
  newer->migrator("accounts")->online(2, [&](const MigrationProgress&) {
    if (code_of([&] { move(); }) == ErrorCode::concurrent_migration) ++refused;
  }, {});
  BOOST_TEST(refused > 0);
  BOOST_TEST(message.find("view_schema") != std::string::npos, message);
  BOOST_TEST(partition_of(a) == "eu eu");
  BOOST_TEST(move().aggregates == 1);
}

BOOST_AUTO_TEST_CASE(a_migration_is_refused_while_events_are_moved) {
  relocate(register_user("a@x", "eu"), "us");
  int refused = 0;
  const auto newer = make_application(2);
  app->key_maintenance()->move_partitions([&](const MigrationProgress&) {
    if (code_of([&] { newer->migrator("accounts")->online(2, {}, {}); }) == ErrorCode::concurrent_migration) ++refused;
    if (code_of([&] { move(); }) == ErrorCode::concurrent_migration) ++refused;
  }, {});
  BOOST_TEST(refused == 4);  // Twice at the beginning, and twice after the one aggregate.
  migrate(*newer);
}

BOOST_AUTO_TEST_CASE(a_migration_after_a_move_builds_the_same_rows) {
  for (int i = 0; i < 10; ++i) {
    const AggregateId a = register_user(std::to_string(i) + "@x", i % 2 == 0 ? "eu" : "us");
    if (i % 3 == 0) relocate(a, "asia");
  }
  const std::string before = rows();
  BOOST_TEST(move().aggregates == 4);
  migrate(*make_application(2));
  BOOST_TEST(rows() == before);
}

BOOST_AUTO_TEST_CASE(a_move_between_the_steps_of_a_migration_loses_and_doubles_no_event) {
  std::vector<AggregateId> users;
  for (int i = 0; i < 6; ++i) users.push_back(register_user(std::to_string(i) + "@x", "eu"));
  for (int i = 0; i < 3; ++i) relocate(users[static_cast<std::size_t>(i)], "us");
  const auto newer = make_application(2);
  const auto migrator = newer->migrator("accounts");
  migrator->online(2, {}, {});
  for (const AggregateId& user : users) relocate(user, "asia");
  BOOST_TEST(move().aggregates == 6);
  for (const AggregateId& user : users) relocate(user, "us");
  const std::string before = rows();
  migrator->offline(2, {}, {});
  BOOST_TEST(rows() == before);
}

BOOST_AUTO_TEST_CASE(the_application_role_may_record_a_move_but_not_make_one) {
  const AggregateId a = register_user("a@x", "eu");
  options.database_url += "&options=-crole%3Dseriatim_application";
  app = make_application();
  relocate(a, "us");
  BOOST_TEST((code_of([&] { move(); }) == ErrorCode::database));
  BOOST_TEST(message.find("seriatim_application") != std::string::npos, message);
  BOOST_TEST(message.find("owner") != std::string::npos, message);
  BOOST_TEST(partition_of(a) == "eu eu");
  BOOST_TEST(recorded() == "eu us");
}

BOOST_AUTO_TEST_CASE(a_move_that_is_cancelled_leaves_the_rest_recorded) {
  relocate(register_user("a@x", "eu"), "us");
  relocate(register_user("b@x", "eu"), "us");
  BOOST_TEST((code_of([&] { app->key_maintenance()->move_partitions({}, [] { return true; }); }) == ErrorCode::migration));
  BOOST_TEST(recorded() == "eu us");
  BOOST_TEST(move().aggregates == 1);
}

BOOST_AUTO_TEST_SUITE_END()
